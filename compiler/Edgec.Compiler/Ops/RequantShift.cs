using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// The requantization of integer networks whose tensors are declared float: <c>clip(floor((x·mul + add) / div + 1/2))</c> to
/// <c>n_levels</c> integers, from 0 or, if signed, from minus half of them. Inputs x, mul and add, one number or one for each
/// channel. Canonical, a <see cref="Requantize"/>.
/// </summary>
/// <param name="Divisor">A power of two.</param>
/// <param name="Levels">2 to 256.</param>
public sealed record RequantShift(long Divisor, int Levels, bool Signed) : Operator
{
    public static readonly OpDef Def = new("requant-shift", "RequantShift", Read) { AlsoIn = ["PACTOps"] };

    /// <summary>The longest shift of a kernel's requantization, less the one that div = 1 takes.</summary>
    private const long MostDivisor = 1L << 46;

    public override string Name => "requant-shift";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        [("div", Divisor), ("n_levels", (long)Levels), ("signed", Signed)];

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    private int Shift => Math.Max(1, (int)long.Log2(Divisor));

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        for (int i = 1; i < 3; i++)
            Channels(context.Shape(i), x.Shape);
        return [x];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        (int axis, Tensor multipliers, Tensor addends) = Integers(
            context.Shape(0), context.RequireConstant(1, "mul"), context.RequireConstant(2, "add"));
        int lo = Signed ? -(Levels / 2) : 0;
        return [context.Add(
            new Requantize(Shift, lo, lo + Levels - 1, axis),
            context.Input(0), context.AddConstant("multiplier", multipliers), context.AddConstant("addend", addends))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        (int axis, Tensor multipliers, Tensor addends) = Integers(context.Input(0).Shape, context.Input(1), context.Input(2));
        int lo = Signed ? -(Levels / 2) : 0;
        return new Requantize(Shift, lo, lo + Levels - 1, axis).Evaluate(new([context.Input(0), multipliers, addends], 1));
    }

    // floor((x·mul + add)/2^s + 1/2) = (x·mul + add + 2^(s-1)) >> s; a division by 1 becomes a shift by 1 of twice as much.
    private (int Axis, Tensor Multipliers, Tensor Addends) Integers(Shape x, Tensor mul, Tensor add)
    {
        int twice = Divisor == 1 ? 2 : 1;
        long half = 1L << (Shift - 1);
        int axis = Math.Max(Channels(mul.Shape, x), Channels(add.Shape, x));
        long[] multipliers = [.. Numbers("mul", mul, int.MaxValue / 2, x, axis).Select(m => m * twice)];
        long[] addends = [.. Numbers("add", add, 1L << 60, x, axis).Select(a => a * twice + half)];
        int count = Math.Max(multipliers.Length, addends.Length);
        return (axis, Tensor.Of([count], [.. Repeated(multipliers, count).Select(m => (int)m)]), Tensor.Of([count], Repeated(addends, count)));
    }

    private static long[] Repeated(long[] numbers, int count) => numbers.Length == count ? numbers : [.. Enumerable.Repeat(numbers[0], count)];

    // The axis along which a parameter changes; 1 where it is one number, which no axis contradicts.
    private static int Channels(Shape parameter, Shape x)
    {
        int lead = x.Rank - parameter.Rank, axis = Math.Min(1, Math.Max(x.Rank - 1, 0));
        int[] wide = [.. Enumerable.Range(0, parameter.Rank).Where(i => parameter[i] != 1)];
        if (wide.Length == 0)
            return axis;
        if (wide.Length > 1 || lead < 0 || parameter[wide[0]] != x[lead + wide[0]])
            throw OperatorException.Invalid($"RequantShift has parameters {parameter} for an input {x}; it takes one number, or one for each channel. Reshape them.");
        return lead + wide[0];
    }

    private static long[] Numbers(string name, Tensor tensor, long most, Shape x, int axis)
    {
        if (tensor.Count > 1 && Channels(tensor.Shape, x) != axis)
            throw OperatorException.Invalid("RequantShift has mul and add along different axes. Give both one number for each channel.");
        var numbers = new long[tensor.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            double value = tensor.Number(i);
            if (value != Math.Floor(value) || Math.Abs(value) > most)
                throw OperatorException.Invalid($"RequantShift's {name} holds {value}; it must be an integer of magnitude at most {most}. Check how the model was made integer.");
            numbers[i] = (long)value;
        }

        return numbers;
    }

    private static RequantShift Read(AttributeReader a)
    {
        double div = Number(a, "div"), levels = a.Has("n_levels") ? Number(a, "n_levels") : Number(a, "n_levels_out"), signed = Number(a, "signed");
        if (!(div >= 1 && div <= MostDivisor) || !double.IsPow2(div))
            throw OperatorException.Unsupported($"RequantShift divides by {div}; only powers of two up to 2^46 have a kernel. Scale mul, add and div to one.");
        if (!(levels is >= 2 and <= 256) || levels != Math.Floor(levels))
            throw OperatorException.Unsupported($"RequantShift has {levels} levels; 2 to 256 fit into 8 bits. Requantize to fewer.");
        if (signed is not (0 or 1))
            throw OperatorException.Invalid($"RequantShift's signed is {signed}; it must be 0 or 1.");
        return new((long)div, (int)levels, signed == 1);
    }

    // Exporters write these numbers as tensors of one element.
    private static double Number(AttributeReader a, string name) => a.Number(name) ??
        throw OperatorException.Invalid($"RequantShift has no attribute {name}, or it is no single number. Set it.");
}
