using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>Sums of products where every group of weights has a multiplier. In 64 bits; the planner proves that what comes out fits 32.</summary>
internal static class GroupedDot
{
    /// <summary>Σ over groups multiplier · (Σ x · weight), for one output's weights.</summary>
    public static long Product(ReadOnlySpan<sbyte> x, ReadOnlySpan<sbyte> weights, int size, ReadOnlySpan<byte> multipliers, int output)
    {
        int groups = (x.Length + size - 1) / size;
        return Column(x, weights.Slice(output * x.Length, x.Length), size, multipliers.Slice(output * groups, groups));
    }

    /// <summary>The same for one output's weights and multipliers alone.</summary>
    public static long Column<T>(ReadOnlySpan<T> x, ReadOnlySpan<sbyte> column, int size, ReadOnlySpan<byte> multipliers) where T : unmanaged, IBinaryInteger<T>
    {
        long sum = 0;
        for (int group = 0; group < multipliers.Length; group++)
        {
            int from = group * size, count = Math.Min(size, x.Length - from);
            sum += multipliers[group] * IntegerDot.Product(x.Slice(from, count), column.Slice(from, count));
        }

        return sum;
    }

    /// <summary>bias - zero · Σ multiplier · weight for each output: what turns Σ weight · x into the sum over (x - zero).</summary>
    public static long[] Corrections(
        ReadOnlySpan<sbyte> weights, int size, ReadOnlySpan<byte> multipliers, ReadOnlySpan<int> bias, int zero, int outputs, int length)
    {
        int groups = (length + size - 1) / size;
        var corrections = new long[outputs];
        for (int o = 0; o < outputs; o++)
        {
            long total = 0;
            for (int k = 0; k < length; k++)
                total += multipliers[o * groups + k / size] * weights[o * length + k];
            corrections[o] = (bias.IsEmpty ? 0 : bias[o]) - zero * total;
        }

        return corrections;
    }
}
