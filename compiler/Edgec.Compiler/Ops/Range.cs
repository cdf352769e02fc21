using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>start, start + delta, … up to but without limit, from three scalars known while compiling.</summary>
public sealed record Range : Operator
{
    public static readonly OpDef Def = new("range", "Range", _ => new Range());

    public override string Name => "range";

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        Tensor start = context.RequireConstant(0, "start");
        return [new(start.Element, [Length(start, context.RequireConstant(1, "limit"), context.RequireConstant(2, "delta"))])];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor start = context.Input(0), delta = context.Input(2);
        int length = Length(start, context.Input(1), delta);
        if (start.Element.IsFloat())
            return [ElementConversion.FromNumbers(start.Element, [length], i => start.Number(0) + i * delta.Number(0))];
        return [ElementConversion.FromIntegers(start.Element, [length], i => start.Wide(0) + i * delta.Wide(0))];
    }

    private static int Length(Tensor start, Tensor limit, Tensor delta)
    {
        double count = Math.Ceiling((limit.Number(0) - start.Number(0)) / delta.Number(0));
        if (!(count <= Extents.MaxElements))
            throw OperatorException.Invalid($"Range from {start.Number(0)} to {limit.Number(0)} by {delta.Number(0)} does not end. Check what it is computed from.");
        return (int)Math.Max(count, 0);
    }
}
