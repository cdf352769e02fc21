using System.Numerics;
using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>
/// Deformable convolution of i8 images, channels-last (docs/numerics.md §6). Samples keep the fraction bits of the offsets, so that sums have
/// 2^Fraction times the scale of the products of input and weight. A row is one output row of one image: [0, Batch · OutHeight).
/// </summary>
public static class IntegerDeform
{
    /// <summary>A mask of 1.</summary>
    public const int FullMask = 256;

    /// <summary>finish(bias + Σ weight · sample); the neighbours of a sample outside the image count as real 0.</summary>
    /// <param name="offsets">i8 or i16, in steps of 2^-Fraction pixels.</param>
    /// <param name="mask">i8 or i16; a factor is mask - maskZero in 256ths, clamped to [0, 256]. Empty for none.</param>
    /// <param name="bias">[OutChannels], at the scale of the sums, or empty for none.</param>
    public static void Convolve<T, TMask>(
        in WindowGeometry g, in DeformSampling s, ReadOnlySpan<sbyte> x, int zero, ReadOnlySpan<T> offsets, ReadOnlySpan<TMask> mask,
        int maskZero, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Requantizer finish, Span<sbyte> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
        where TMask : unmanaged, IBinaryInteger<TMask>
    {
        int taps = g.KernelHeight * g.KernelWidth, perGroup = g.Channels / g.Groups, outPerGroup = g.OutChannels / g.Groups;
        int perOffset = g.Channels / s.OffsetGroups;
        var samples = new short[taps * g.Channels]; // by tap, then channel
        for (int row = firstRow; row < endRow; row++)
        {
            ReadOnlySpan<sbyte> image = x.Slice(row / g.OutHeight * g.Height * g.Width * g.Channels, g.Height * g.Width * g.Channels);
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                int pixel = row * g.OutWidth + ox;
                ReadOnlySpan<T> moved = offsets.Slice(pixel * s.Offsets(g), s.Offsets(g));
                for (int tap = 0; tap < taps; tap++)
                    for (int group = 0; group < s.OffsetGroups; group++)
                    {
                        int at = group * perOffset;
                        int sampleY = Position(g.StrideY * (row % g.OutHeight) + g.DilationY * (tap / g.KernelWidth) - g.PadTop, g, s, moved, group, tap, 0);
                        int sampleX = Position(g.StrideX * ox + g.DilationX * (tap % g.KernelWidth) - g.PadLeft, g, s, moved, group, tap, 1);
                        int factor = mask.IsEmpty ? FullMask : Math.Clamp(int.CreateTruncating(mask[(pixel * s.OffsetGroups + group) * taps + tap]) - maskZero, 0, FullMask);
                        Sample(g, s.Fraction, image, zero, at, sampleY, sampleX, !mask.IsEmpty, factor, samples.AsSpan(tap * g.Channels + at, perOffset));
                    }

                for (int oc = 0; oc < g.OutChannels; oc++)
                {
                    long sum = bias.IsEmpty ? 0 : bias[oc];
                    for (int tap = 0; tap < taps; tap++)
                    {
                        sum += IntegerDot.Product<short, sbyte>(
                            samples.AsSpan(tap * g.Channels + oc / outPerGroup * perGroup, perGroup), weights.Slice((oc * taps + tap) * perGroup, perGroup));
                    }

                    y[pixel * g.OutChannels + oc] = finish.Apply<sbyte>(sum, oc);
                }
            }
        }
    }

    // In steps of 2^-Fraction pixels.
    private static int Position<T>(int regular, in WindowGeometry g, in DeformSampling s, ReadOnlySpan<T> moved, int group, int tap, int axis)
        where T : unmanaged, IBinaryInteger<T>
    {
        int offset = Math.Clamp(int.CreateTruncating(moved[s.Index(g, group, tap, axis)]), (int)s.Lo, (int)s.Hi);
        return (regular << s.Fraction) + offset * s.Factor(g, tap, axis);
    }

    private static void Sample(
        in WindowGeometry g, int fraction, ReadOnlySpan<sbyte> image, int zero, int channel, int sampleY, int sampleX, bool masked, int mask, Span<short> target)
    {
        int top = sampleY >> fraction, left = sampleX >> fraction, part = (1 << fraction) - 1;
        for (int c = 0; c < target.Length; c++)
        {
            int sum = Interpolation.BilinearSum(
                Element(g, image, zero, top, left, channel + c), Element(g, image, zero, top, left + 1, channel + c),
                Element(g, image, zero, top + 1, left, channel + c), Element(g, image, zero, top + 1, left + 1, channel + c),
                sampleY & part, sampleX & part, fraction);
            target[c] = (short)(masked ? Interpolation.SampleMasked(sum, mask, fraction) : Interpolation.Sample(sum, fraction));
        }
    }

    private static int Element(in WindowGeometry g, ReadOnlySpan<sbyte> image, int zero, int y, int x, int channel) =>
        (uint)y < (uint)g.Height && (uint)x < (uint)g.Width ? image[(y * g.Width + x) * g.Channels + channel] - zero : 0;
}
