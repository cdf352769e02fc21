using System.Runtime.InteropServices;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>Attention as commands: one for each slice of the values that the accumulators hold.</summary>
public static class AttentionLowering
{
    /// <param name="operands">Word addresses of queries, keys, values and what is added to scores.</param>
    /// <param name="target">Word address of the result.</param>
    public static IEnumerable<AttentionCommand> Lower(AttentionShape shape, AttentionSizes sizes, IReadOnlyList<int> operands, int target, ParameterImage image)
    {
        AttentionGeometry g = shape.Geometry;
        int table = image.AddOnce(MemoryMarshal.AsBytes(shape.Kernel.Exponentials.Span<short>())), rows = checked(g.Batch * g.Rows);
        for (int first = 0; first < shape.ValueWords; first += shape.SliceWords)
        {
            int words = Math.Min(shape.SliceWords, shape.ValueWords - first);
            WordNest nest = words == shape.ValueWords
                ? WordNest.Contiguous(target, checked(rows * words))
                : new(target + first, 1, 0, 1, 0, rows, shape.ValueWords, words);
            yield return new(
                shape, shape.Schedule(sizes.Slots), operands[0], operands[1], operands[2] + first, operands.Count > 3 ? operands[3] : 0, nest, g.OneContext ? 0 : shape.KeyWords,
                g.OneContext ? 0 : checked(g.Columns * shape.ValueWords), words, sizes.Holds(shape), table)
            { Layer = shape.Layer };
        }
    }
}
