namespace Edgec.Runtime.Kernels;

/// <summary>
/// Where a deformable convolution samples its input: tap (ky, kx) of an output pixel lies where the tap of a <see cref="WindowGeometry"/> does,
/// moved by an offset of its own (dy, dx). Offsets are [Batch, OutHeight, OutWidth, OffsetGroups · Taps · 2], pairs (dy, dx) in the order
/// of the taps; channels are divided evenly among the offset groups. A mask, one factor for each sample, is
/// [Batch, OutHeight, OutWidth, OffsetGroups · Taps].
/// </summary>
/// <param name="Square">Offsets are [Batch, OutHeight, OutWidth, OffsetGroups]: one number s for each pixel, which moves tap (ky, kx) by
/// s · (ky - KernelHeight / 2, kx - KernelWidth / 2). Kernels are odd.</param>
/// <param name="Fraction">Fraction bits of integer offsets, 0 to 7. In single precision 0 rounds offsets to floor(d + 1/2), and any other
/// number leaves them as they are.</param>
/// <param name="Lo">Offsets, or s, are clamped to [Lo, Hi], in the unit they come in.</param>
public readonly record struct DeformSampling(int OffsetGroups, bool Square, int Fraction, float Lo, float Hi)
{
    /// <summary>Numbers for each output pixel.</summary>
    public int Offsets(in WindowGeometry g) => OffsetGroups * (Square ? 1 : 2 * g.KernelHeight * g.KernelWidth);

    /// <summary>Where the offset of a tap lies among the offsets of a pixel.</summary>
    /// <param name="axis">0 for dy, 1 for dx.</param>
    public int Index(in WindowGeometry g, int group, int tap, int axis) =>
        Square ? group : (group * g.KernelHeight * g.KernelWidth + tap) * 2 + axis;

    /// <summary>What an offset is multiplied by for a tap: its place in the centred grid, or 1.</summary>
    public int Factor(in WindowGeometry g, int tap, int axis) =>
        !Square ? 1 : axis == 0 ? tap / g.KernelWidth - g.KernelHeight / 2 : tap % g.KernelWidth - g.KernelWidth / 2;

    /// <summary>How far, in pixels, a sample may lie from the pixel under the centre of its window; infinite without bounds.</summary>
    public int Reach(in WindowGeometry g)
    {
        double bound = Math.ScaleB(Math.Max(Math.Abs((double)Lo), Math.Abs((double)Hi)), -Math.Max(Fraction, 0));
        int centreY = g.KernelHeight / 2, centreX = g.KernelWidth / 2;
        double y = g.DilationY * centreY + bound * (Square ? centreY : 1), x = g.DilationX * centreX + bound * (Square ? centreX : 1);
        return (int)Math.Min(int.MaxValue, Math.Ceiling(Math.Max(x, y)));
    }
}
