using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>Convolution and pooling of i8 or i16 images, channels-last. A row is one output row of one image: [0, Batch · OutHeight).</summary>
public static class IntegerWindow
{
    /// <summary>finish(bias + Σ weight · (x - zero)); positions outside the image count as real 0.</summary>
    /// <param name="bias">[OutChannels], or empty for none.</param>
    public static void Convolve<T>(
        in WindowGeometry g, ReadOnlySpan<T> x, int zero, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias,
        Requantizer finish, Span<T> y, int firstRow, int endRow) where T : unmanaged, IBinaryInteger<T>
    {
        if (g.Groups == g.Channels)
        {
            ConvolveDepthwise(g, x, zero, weights, bias, finish, y, firstRow, endRow);
            return;
        }

        int perGroup = g.Channels / g.Groups, outPerGroup = g.OutChannels / g.Groups;
        int patchLength = g.KernelHeight * g.KernelWidth * perGroup;
        long[] corrections = Corrections<sbyte>(weights, bias, zero, g.OutChannels, patchLength);
        var patch = new T[patchLength];
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < g.OutWidth; ox++)
                for (int group = 0; group < g.Groups; group++)
                {
                    GatherPatch(g, x, row, ox, group * perGroup, perGroup, T.CreateTruncating(zero), patch);
                    for (int oc = group * outPerGroup; oc < (group + 1) * outPerGroup; oc++)
                    {
                        long sum = corrections[oc] + IntegerDot.Product<T, sbyte>(patch, weights.Slice(oc * patchLength, patchLength));
                        y[(row * g.OutWidth + ox) * g.OutChannels + oc] = finish.Apply<T>(sum, oc);
                    }
                }
    }

    /// <summary>One input channel for each output channel, or each few of them: the inner loop runs over channels.</summary>
    private static void ConvolveDepthwise<T>(
        in WindowGeometry g, ReadOnlySpan<T> x, int zero, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias,
        Requantizer finish, Span<T> y, int firstRow, int endRow) where T : unmanaged, IBinaryInteger<T>
    {
        int taps = g.KernelHeight * g.KernelWidth, outPerGroup = g.OutChannels / g.Channels;
        var byTap = new int[taps * g.OutChannels];
        for (int oc = 0; oc < g.OutChannels; oc++)
            for (int tap = 0; tap < taps; tap++)
                byTap[tap * g.OutChannels + oc] = weights[oc * taps + tap];
        var sums = new long[g.OutChannels];
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                for (int oc = 0; oc < sums.Length; oc++)
                    sums[oc] = bias.IsEmpty ? 0 : bias[oc];
                for (int tap = 0; tap < taps; tap++)
                {
                    if (!g.TryPixel(row, ox, tap / g.KernelWidth, tap % g.KernelWidth, out int pixel))
                        continue;
                    ReadOnlySpan<T> source = x.Slice(pixel * g.Channels, g.Channels);
                    ReadOnlySpan<int> w = byTap.AsSpan(tap * sums.Length, sums.Length);
                    if (outPerGroup == 1)
                    {
                        for (int c = 0; c < source.Length; c++)
                            sums[c] += w[c] * (int.CreateTruncating(source[c]) - zero);
                    }
                    else
                    {
                        for (int oc = 0; oc < w.Length; oc++)
                            sums[oc] += w[oc] * (int.CreateTruncating(source[oc / outPerGroup]) - zero);
                    }
                }

                Span<T> target = y.Slice((row * g.OutWidth + ox) * g.OutChannels, g.OutChannels);
                for (int oc = 0; oc < target.Length; oc++)
                    target[oc] = finish.Apply<T>(sums[oc], oc);
            }
    }

    /// <summary>The maximum over positions inside the image, clamped; lo if there is none.</summary>
    public static void Maximum<T>(in WindowGeometry g, ReadOnlySpan<T> x, int lo, int hi, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                Span<T> target = y.Slice((row * g.OutWidth + ox) * g.Channels, g.Channels);
                target.Fill(T.CreateTruncating(lo));
                for (int ky = 0; ky < g.KernelHeight; ky++)
                    for (int kx = 0; kx < g.KernelWidth; kx++)
                    {
                        if (!g.TryPixel(row, ox, ky, kx, out int pixel))
                            continue;
                        ReadOnlySpan<T> source = x.Slice(pixel * g.Channels, g.Channels);
                        for (int c = 0; c < target.Length; c++)
                            target[c] = T.Max(target[c], source[c]);
                    }

                for (int c = 0; c < target.Length; c++)
                    target[c] = T.Min(target[c], T.CreateTruncating(hi));
            }
    }

    /// <summary>Σ (x - zero) over positions inside the image; the finish at index "number of elements" divides.</summary>
    /// <param name="countPadding">The finish is always taken at the full number of positions.</param>
    public static void Average<T>(
        in WindowGeometry g, ReadOnlySpan<T> x, int zero, bool countPadding, Requantizer finish, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        var sums = new long[g.Channels];
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                int count = 0;
                Array.Clear(sums);
                for (int ky = 0; ky < g.KernelHeight; ky++)
                    for (int kx = 0; kx < g.KernelWidth; kx++)
                    {
                        if (!g.TryPixel(row, ox, ky, kx, out int pixel))
                            continue;
                        count++;
                        ReadOnlySpan<T> source = x.Slice(pixel * g.Channels, g.Channels);
                        for (int c = 0; c < sums.Length; c++)
                            sums[c] += int.CreateTruncating(source[c]) - zero;
                    }

                if (countPadding)
                    count = g.KernelHeight * g.KernelWidth;
                Span<T> target = y.Slice((row * g.OutWidth + ox) * g.Channels, g.Channels);
                for (int c = 0; c < target.Length; c++)
                    target[c] = finish.Apply<T>(sums[c], count);
            }
    }

    /// <summary>bias - zero · Σ weight for each output channel: what turns Σ weight · x into the sum over (x - zero).</summary>
    internal static long[] Corrections<T>(ReadOnlySpan<T> weights, ReadOnlySpan<int> bias, int zero, int channels, int length)
        where T : unmanaged, IBinaryInteger<T>
    {
        var corrections = new long[channels];
        for (int c = 0; c < channels; c++)
            corrections[c] = (bias.IsEmpty ? 0 : bias[c]) - zero * IntegerDot.Total(weights.Slice(c * length, length));
        return corrections;
    }

    /// <summary>The elements under one window, in the order of the weights; the zero point stands for positions outside.</summary>
    internal static void GatherPatch<T>(
        in WindowGeometry g, ReadOnlySpan<T> x, int row, int ox, int firstChannel, int channels, T zero, Span<T> patch)
        where T : unmanaged
    {
        int at = 0;
        for (int ky = 0; ky < g.KernelHeight; ky++)
            for (int kx = 0; kx < g.KernelWidth; kx++, at += channels)
            {
                Span<T> target = patch.Slice(at, channels);
                if (g.TryPixel(row, ox, ky, kx, out int pixel))
                    x.Slice(pixel * g.Channels + firstChannel, channels).CopyTo(target);
                else
                    target.Fill(zero);
            }
    }
}
