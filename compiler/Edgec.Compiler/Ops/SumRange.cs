using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The least and the greatest value an exact sum can take, over the actual weights and every input.</summary>
public readonly record struct SumRange(long Lowest, long Highest)
{
    /// <summary>Of bias + Σ w·(x - zero), x any i8, for each output.</summary>
    /// <param name="weights">i8 or i4, the outputs on the first axis.</param>
    /// <param name="bias">i32, one an output, or null.</param>
    public static SumRange[] OfWeights(Tensor weights, Tensor? bias, int zero)
    {
        int outputs = weights.Shape[0], each = outputs == 0 ? 0 : weights.Count / outputs;
        long least = sbyte.MinValue - zero, most = sbyte.MaxValue - zero;
        var ranges = new SumRange[outputs];
        for (int o = 0; o < outputs; o++)
        {
            long lowest = bias?.Integer(bias.Count == 1 ? 0 : o) ?? 0, highest = lowest;
            foreach (sbyte w in weights.Unpacked.Span<sbyte>().Slice(o * each, each))
            {
                lowest += w * (w < 0 ? most : least);
                highest += w * (w < 0 ? least : most);
            }

            ranges[o] = new(lowest, highest);
        }

        return ranges;
    }
}
