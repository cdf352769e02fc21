using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Remainder, for shape arithmetic: with the divisor's sign, or (fmod) the dividend's.</summary>
public sealed record Modulo(bool Fmod) : Operator
{
    public static readonly OpDef Def = new("mod", "Mod", a => new Modulo(a.Flag("fmod")));

    public override string Name => "mod";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Fmod ? [("fmod", true)] : [];

    public override ImmutableArray<TensorType> Infer(InferContext context) =>
        [new(context.Input(0).Element, Extents.Broadcast(context.Shape(0), context.Shape(1)))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor a = context.Input(0), b = context.Input(1);
        if (!a.Element.IsFloat())
            return [Elementwise.MapIntegers(a, b, a.Element, Remainder)];
        double[] values = Elementwise.Pairs(a, b, (i, j) => Remainder(a.Number(i), b.Number(j)));
        return [ElementConversion.FromNumbers(a.Element, Extents.Broadcast(a.Shape, b.Shape), i => values[i])];
    }

    private Int128 Remainder(Int128 a, Int128 b)
    {
        if (b == 0)
            throw OperatorException.Invalid("An integer is divided by zero. Check the shapes this is computed from.");
        Int128 rest = a % b;
        return Fmod || rest == 0 || rest < 0 == b < 0 ? rest : rest + b;
    }

    private double Remainder(double a, double b)
    {
        double rest = a % b;
        return Fmod || rest == 0 || rest < 0 == b < 0 ? rest : rest + b;
    }
}
