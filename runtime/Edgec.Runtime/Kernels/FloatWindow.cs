namespace Edgec.Runtime.Kernels;

/// <summary>Convolution in single precision, channels-last. A row is one output row of one image: [0, Batch · OutHeight).</summary>
public static class FloatWindow
{
    /// <summary>clamp(bias + Σ weight · x), each sum in the order of the weights, starting from the bias.</summary>
    /// <param name="bias">[OutChannels], or empty for none.</param>
    public static void Convolve(
        in WindowGeometry g, ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float lo, float hi, Span<float> y,
        int firstRow, int endRow)
    {
        int perGroup = g.Channels / g.Groups, outPerGroup = g.OutChannels / g.Groups;
        int patchLength = g.KernelHeight * g.KernelWidth * perGroup;
        var patch = new float[patchLength];
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                Span<float> target = y.Slice((row * g.OutWidth + ox) * g.OutChannels, g.OutChannels);
                if (bias.IsEmpty)
                    target.Clear();
                else
                    bias[..g.OutChannels].CopyTo(target);
                for (int group = 0; group < g.Groups; group++)
                {
                    GatherPatch(g, x, row, ox, group * perGroup, perGroup, patch);
                    FloatMatmul.AddProducts(
                        patch, weights.Slice(group * outPerGroup * patchLength, outPerGroup * patchLength), target.Slice(group * outPerGroup, outPerGroup));
                }

                for (int c = 0; c < target.Length; c++)
                    target[c] = Math.Min(Math.Max(target[c], lo), hi);
            }
    }

    /// <summary>The elements under one window, in the order of the weights; 0 for positions outside.</summary>
    private static void GatherPatch(
        in WindowGeometry g, ReadOnlySpan<float> x, int row, int ox, int firstChannel, int channels, Span<float> patch)
    {
        int at = 0;
        for (int ky = 0; ky < g.KernelHeight; ky++)
            for (int kx = 0; kx < g.KernelWidth; kx++, at += channels)
            {
                Span<float> target = patch.Slice(at, channels);
                if (g.TryPixel(row, ox, ky, kx, out int pixel))
                    x.Slice(pixel * g.Channels + firstChannel, channels).CopyTo(target);
                else
                    target.Clear();
            }
    }
}
