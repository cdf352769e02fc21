using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>Products of rows with the weights of the experts that indices name, in single precision.</summary>
public static class FloatExperts
{
    /// <summary>clamp(bias + Σ left · weight), each result row with the weights and bias of its expert, each sum in the order of the inner axis.</summary>
    /// <param name="weights">[Experts, Columns, Inner].</param>
    /// <param name="bias">[Experts, Columns], or empty for none.</param>
    public static void Multiply<TIndex>(
        in ExpertGeometry g, ReadOnlySpan<float> left, ReadOnlySpan<TIndex> indices, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias,
        float lo, float hi, Span<float> y, int firstRow, int endRow)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        int matrix = g.Columns * g.Inner;
        foreach ((int row, int expert) in g.Order(indices).AsSpan(firstRow, endRow - firstRow))
        {
            Span<float> target = y.Slice(row * g.Columns, g.Columns);
            if (bias.IsEmpty)
                target.Clear();
            else
                bias.Slice(expert * g.Columns, g.Columns).CopyTo(target);
            FloatMatmul.AddProducts(left.Slice(g.LeftRow(row) * g.Inner, g.Inner), weights.Slice(expert * matrix, matrix), target);
            for (int c = 0; c < target.Length; c++)
                target[c] = Math.Min(Math.Max(target[c], lo), hi);
        }
    }
}
