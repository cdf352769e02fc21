using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Functions of one value as tables; of one i8 they have 256 entries and are exact by construction (docs/numerics.md §3).</summary>
internal static class LookupTable
{
    /// <summary>
    /// i8[256], indexed by q + 128: the real value of q, through <paramref name="function"/> in double, rounded half to even
    /// at the output's scale and saturated. Where the function has no value (NaN: the root of a negative number) the entry stands for 0.
    /// </summary>
    public static Tensor Of(Quantization x, TensorType result, Func<double, double> function, Activation? activation = null)
    {
        Quantization y = result.Quantization!;
        (int lo, int hi) = (activation ?? Activation.None).Integers(result);
        var table = new sbyte[256];
        for (int q = sbyte.MinValue; q <= sbyte.MaxValue; q++)
        {
            double value = function(x.Scale * (q - x.Zero));
            double scaled = double.IsNaN(value) ? 0 : Math.Round(value / y.Scale, MidpointRounding.ToEven);
            table[q - sbyte.MinValue] = (sbyte)Math.Clamp(scaled + y.Zero, lo, hi);
        }

        return Tensor.Of([256], table);
    }

    /// <summary>The kernel of a function of one i8 that stands for another, with the greatest distance from that over all 256 inputs.</summary>
    public static KernelLowered Approximated(LoweringContext context, Func<double, double> function, Func<double, double> exact)
    {
        Quantization x = context.Quantization(0), y = context.Output.Quantization!;
        Tensor table = Of(x, context.Output, function);
        double worst = 0;
        for (int q = sbyte.MinValue; q <= sbyte.MaxValue; q++)
        {
            double ideal = Math.Clamp(exact(x.Scale * (q - x.Zero)) / y.Scale + y.Zero, sbyte.MinValue, sbyte.MaxValue);
            worst = Math.Max(worst, Math.Abs(table.Integer(q - sbyte.MinValue) - ideal));
        }

        return context.Kernel(new TableKernel(context.StoredCount(context.Shape(0)), table, worst), 0);
    }

    /// <summary>
    /// The kernel that applies a function to every element of input <paramref name="input"/>, padding included: a table for i8, an
    /// interpolated one for i16.
    /// </summary>
    public static KernelLowered Lower(LoweringContext context, int input, Func<double, double> function, Activation? activation = null)
    {
        int count = context.StoredCount(context.Shape(input));
        return context.Input(input).Element == ElementType.I16
            ? context.Kernel(Map(count, InterpolatedTable.Curve(context.Quantization(input).Scale, context.Output, function, activation ?? Activation.None)), input)
            : context.Kernel(new TableKernel(count, Of(context.Quantization(input), context.Output, function, activation)), input);
    }

    /// <summary>A step of one operand over a dense run of elements.</summary>
    public static MapKernel Map(int count, MapStep step) => new(step, BroadcastGeometry.Of([count], [count]));
}
