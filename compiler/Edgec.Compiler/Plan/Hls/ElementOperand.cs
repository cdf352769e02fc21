using System.Numerics;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Plan.Hls;

/// <summary>An operand of the element engine.</summary>
/// <param name="Rows">The word at which it lies for each storage row of the result.</param>
/// <param name="Shift">Bytes of an element, as a power of two.</param>
/// <param name="Splat">A row is one element, which stands for all.</param>
public sealed record ElementOperand(WordNest Rows, int Shift, bool Splat)
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>Stands where a step has no such operand.</summary>
    public static readonly ElementOperand None = new(WordNest.None(0), 0, false);

    /// <returns>Null if broadcasting it takes more than three loops.</returns>
    public static ElementOperand? Of(Shape operand, ElementType element, Shape result, int address)
    {
        int[] strides = Storage.Strides(operand, Lanes);
        int lead = result.Rank - operand.Rank, size = element.SizeOf();
        var loops = new List<(int Count, int Stride)>();
        for (int axis = result.Rank - 2; axis >= 0; axis--)
        {
            int own = axis - lead;
            int stride = own < 0 || operand[own] == 1 ? 0 : strides[own] / Lanes * size;
            if (result[axis] == 1)
                continue;
            if (loops.Count > 0 && stride == loops[^1].Stride * loops[^1].Count)
                loops[^1] = (loops[^1].Count * result[axis], loops[^1].Stride);
            else
                loops.Add((result[axis], stride));
        }

        if (loops.Count > 3)
            return null;
        while (loops.Count < 3)
            loops.Add((1, 0));
        bool splat = result.Rank > 0 && result[^1] > 1 && (operand.Rank == 0 || operand[^1] == 1);
        return new(new(address, loops[2].Count, loops[2].Stride, loops[1].Count, loops[1].Stride, loops[0].Count, loops[0].Stride, 1), BitOperations.Log2((uint)size), splat);
    }

    /// <summary>Words that are read for rows of <paramref name="extent"/> elements.</summary>
    public long Words(int extent) => Rows.Words * (Splat ? 1 : ((extent << Shift) + Lanes - 1) / Lanes);
}
