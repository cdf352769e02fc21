using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>Convolution of i8 or i16 images, channels-last, joined before it is rounded by a second sum over a few values of 16 bits at each pixel of the result.</summary>
public static class BranchedWindow
{
    /// <summary>finish(bias + Σ weight · (x - zero), Σ branch · thin); positions outside the image count as real 0.</summary>
    /// <param name="g">With one group.</param>
    /// <param name="bias">[OutChannels], or empty for none.</param>
    /// <param name="thin">[Batch, OutHeight, OutWidth, rank], with zero point 0.</param>
    /// <param name="branch">Its weights, [OutChannels, rank].</param>
    public static void Convolve<T>(
        in WindowGeometry g, ReadOnlySpan<T> x, int zero, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias,
        ReadOnlySpan<short> thin, ReadOnlySpan<sbyte> branch, int rank, JoinedRequantizer finish, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        int length = g.KernelHeight * g.KernelWidth * g.Channels;
        long[] corrections = IntegerWindow.Corrections(weights, bias, zero, g.OutChannels, length);
        var patch = new T[length];
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                int pixel = row * g.OutWidth + ox;
                IntegerWindow.GatherPatch(g, x, row, ox, 0, g.Channels, T.CreateTruncating(zero), patch);
                ReadOnlySpan<short> values = thin.Slice(pixel * rank, rank);
                for (int oc = 0; oc < g.OutChannels; oc++)
                {
                    long sum = corrections[oc] + IntegerDot.Product<T, sbyte>(patch, weights.Slice(oc * length, length));
                    y[pixel * g.OutChannels + oc] = finish.Apply<T>(sum, IntegerDot.Product(values, branch.Slice(oc * rank, rank)), oc);
                }
            }
    }
}
