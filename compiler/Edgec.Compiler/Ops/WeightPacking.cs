using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Weights as kernels store them: those that fit 4 bits, as imported networks of 1 to 4 bits have them, lie two to a byte.</summary>
internal static class WeightPacking
{
    /// <summary>Below this nothing is saved: constants begin at multiples of 64 bytes.</summary>
    private const int Least = 128;

    /// <summary>The same integers in i4 where all fit and the kernel takes 8-bit activations; else as they are.</summary>
    public static Tensor Narrow(LoweringContext context, Tensor weights)
    {
        bool bytes = weights.Element == ElementType.I8 && context.Input(0).Element == ElementType.I8 && context.Output.Element == ElementType.I8;
        if (!bytes || weights.Count < Least)
            return weights;
        ReadOnlySpan<sbyte> values = weights.Span<sbyte>();
        return values.IndexOfAnyExceptInRange((sbyte)Int4.Lowest, (sbyte)Int4.Highest) < 0 ? Tensor.PackI4(weights.Shape, values) : weights;
    }
}
