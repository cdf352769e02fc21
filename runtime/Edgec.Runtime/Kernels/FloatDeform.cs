namespace Edgec.Runtime.Kernels;

/// <summary>Deformable convolution in single precision, channels-last. A row is one output row of one image: [0, Batch · OutHeight).</summary>
public static class FloatDeform
{
    /// <summary>clamp(bias + Σ weight · mask · sample), samples bilinear; neighbours outside the image count as 0.</summary>
    /// <param name="offsets">In pixels.</param>
    /// <param name="mask">Empty for none.</param>
    /// <param name="bias">[OutChannels], or empty for none.</param>
    public static void Convolve(
        in WindowGeometry g, in DeformSampling s, ReadOnlySpan<float> x, ReadOnlySpan<float> offsets, ReadOnlySpan<float> mask, ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias, float lo, float hi, Span<float> y, int firstRow, int endRow)
    {
        int taps = g.KernelHeight * g.KernelWidth, perGroup = g.Channels / g.Groups, outPerGroup = g.OutChannels / g.Groups;
        int perOffset = g.Channels / s.OffsetGroups;
        var samples = new float[taps * g.Channels]; // by tap, then channel
        for (int row = firstRow; row < endRow; row++)
        {
            ReadOnlySpan<float> image = x.Slice(row / g.OutHeight * g.Height * g.Width * g.Channels, g.Height * g.Width * g.Channels);
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                int pixel = row * g.OutWidth + ox;
                ReadOnlySpan<float> moved = offsets.Slice(pixel * s.Offsets(g), s.Offsets(g));
                for (int tap = 0; tap < taps; tap++)
                    for (int group = 0; group < s.OffsetGroups; group++)
                    {
                        float sampleY = g.StrideY * (row % g.OutHeight) + g.DilationY * (tap / g.KernelWidth) - g.PadTop + Offset(g, s, moved, group, tap, 0);
                        float sampleX = g.StrideX * ox + g.DilationX * (tap % g.KernelWidth) - g.PadLeft + Offset(g, s, moved, group, tap, 1);
                        float factor = mask.IsEmpty ? 1 : mask[(pixel * s.OffsetGroups + group) * taps + tap];
                        Sample(g, image, group * perOffset, sampleY, sampleX, factor, samples.AsSpan(tap * g.Channels + group * perOffset, perOffset));
                    }

                for (int oc = 0; oc < g.OutChannels; oc++)
                {
                    float sum = bias.IsEmpty ? 0 : bias[oc];
                    for (int tap = 0; tap < taps; tap++)
                    {
                        ReadOnlySpan<float> w = weights.Slice((oc * taps + tap) * perGroup, perGroup);
                        ReadOnlySpan<float> values = samples.AsSpan(tap * g.Channels + oc / outPerGroup * perGroup, perGroup);
                        for (int c = 0; c < w.Length; c++)
                            sum += w[c] * values[c];
                    }

                    y[pixel * g.OutChannels + oc] = Math.Min(Math.Max(sum, lo), hi);
                }
            }
        }
    }

    private static float Offset(in WindowGeometry g, in DeformSampling s, ReadOnlySpan<float> moved, int group, int tap, int axis)
    {
        float offset = moved[s.Index(g, group, tap, axis)];
        if (s.Fraction == 0)
            offset = MathF.Floor(offset + 0.5f);
        return Math.Min(Math.Max(offset, s.Lo), s.Hi) * s.Factor(g, tap, axis);
    }

    private static void Sample(in WindowGeometry g, ReadOnlySpan<float> image, int channel, float sampleY, float sampleX, float mask, Span<float> target)
    {
        target.Clear();
        if (!(sampleY > -1 && sampleY < g.Height && sampleX > -1 && sampleX < g.Width)) // also where it is no number
            return;
        int top = (int)MathF.Floor(sampleY), left = (int)MathF.Floor(sampleX);
        float partY = sampleY - top, partX = sampleX - left;
        Add(g, image, channel, top, left, (1 - partY) * (1 - partX) * mask, target);
        Add(g, image, channel, top, left + 1, (1 - partY) * partX * mask, target);
        Add(g, image, channel, top + 1, left, partY * (1 - partX) * mask, target);
        Add(g, image, channel, top + 1, left + 1, partY * partX * mask, target);
    }

    private static void Add(in WindowGeometry g, ReadOnlySpan<float> image, int channel, int y, int x, float factor, Span<float> target)
    {
        if ((uint)y >= (uint)g.Height || (uint)x >= (uint)g.Width)
            return;
        ReadOnlySpan<float> source = image.Slice((y * g.Width + x) * g.Channels + channel, target.Length);
        for (int c = 0; c < target.Length; c++)
            target[c] += factor * source[c];
    }
}
