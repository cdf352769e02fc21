using System.Globalization;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>The fields of a convolution command that move its taps, in the order of the structure of the same name.</summary>
/// <param name="Shape">Null for a convolution that is not deformable.</param>
/// <param name="Pitch">Words of an input pixel as it is stored.</param>
/// <param name="Offsets">Word address.</param>
/// <param name="Mask">Word address, or 0.</param>
public sealed record Deformation(DeformShape? Shape, int Pitch, ConvolutionTile Tile, int Offsets, int Mask)
{
    public static readonly Deformation None = new(null, 0, default, 0, 0);

    /// <param name="sides">Addresses of offsets and, if there is one, the mask.</param>
    public static Deformation Of(DeformShape shape, int pitch, in ConvolutionTile tile, IReadOnlyList<int> sides) =>
        new(shape, pitch, tile, sides[0], sides.Count > 1 ? sides[1] : 0);

    public string Initializer
    {
        get
        {
            if (Shape is not { Kernel: { } k } d)
                return "{}";
            WindowGeometry g = k.Geometry;
            DeformSampling s = k.Sampling;
            int first = Tile.Begin * EngineConfiguration.Lanes;
            long[] numbers =
            [
                (int)d.Access, Offsets, d.OffsetWords, d.WideOffsets ? 1 : 0, Mask, d.MaskWords, d.WideMask ? 1 : 0, k.MaskZero, s.Square ? 1 : 0, s.Fraction, Bound(s.Lo), Bound(s.Hi),
                d.IsRaw ? 1 : 0, g.KernelHeight, g.KernelWidth, d.ChannelsOf(Tile), d.GroupChannels, first / d.GroupChannels,
                d.GroupChannels - first % d.GroupChannels, d.Places(Tile), d.Phases, d.PixelSteps(Tile), Pitch, d.FirstLoad, d.Low, d.LowStep,
            ];
            return $"{{{string.Join(", ", numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)))}}}";
        }
    }

    // Offsets have at most 16 bits.
    private static long Bound(float bound) => (long)Math.Clamp(bound, short.MinValue, short.MaxValue);
}
