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
        if (g.Groups == g.Channels)
        {
            ConvolveDepthwise(g, x, weights, bias, lo, hi, y, firstRow, endRow);
            return;
        }

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

    /// <summary>One input channel for each output channel, or each few of them: the inner loop runs over channels.</summary>
    private static void ConvolveDepthwise(
        in WindowGeometry g, ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float lo, float hi, Span<float> y,
        int firstRow, int endRow)
    {
        int taps = g.KernelHeight * g.KernelWidth, outPerGroup = g.OutChannels / g.Channels;
        var byTap = new float[taps * g.OutChannels];
        for (int oc = 0; oc < g.OutChannels; oc++)
            for (int tap = 0; tap < taps; tap++)
                byTap[tap * g.OutChannels + oc] = weights[oc * taps + tap];
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                Span<float> target = y.Slice((row * g.OutWidth + ox) * g.OutChannels, g.OutChannels);
                if (bias.IsEmpty)
                    target.Clear();
                else
                    bias[..target.Length].CopyTo(target);
                for (int tap = 0; tap < taps; tap++)
                {
                    if (!g.TryPixel(row, ox, tap / g.KernelWidth, tap % g.KernelWidth, out int pixel))
                        continue;
                    ReadOnlySpan<float> source = x.Slice(pixel * g.Channels, g.Channels);
                    ReadOnlySpan<float> w = byTap.AsSpan(tap * target.Length, target.Length);
                    if (outPerGroup == 1)
                    {
                        for (int c = 0; c < source.Length; c++)
                            target[c] += w[c] * source[c];
                    }
                    else
                    {
                        for (int oc = 0; oc < w.Length; oc++)
                            target[oc] += w[oc] * source[oc / outPerGroup];
                    }
                }

                for (int oc = 0; oc < target.Length; oc++)
                    target[oc] = Math.Min(Math.Max(target[oc], lo), hi);
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
