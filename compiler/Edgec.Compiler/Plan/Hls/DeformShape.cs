using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>Where a deformable convolution finds its samples.</summary>
public enum SampleAccess
{
    None,

    /// <summary>In buffered rows, three at once: a column of a square 3x3 kernel lies on three rows at one x.</summary>
    Square,

    /// <summary>In buffered rows, a tap at a time.</summary>
    Banked,

    /// <summary>In external memory, a neighbour at a time.</summary>
    Gather,
}

/// <summary>
/// The taps of a deformable convolution as the engine walks them. A place is what a step of the sampler looks at: one tap, or one
/// column of a square kernel, for the lanes of a word that share an offset group.
/// </summary>
/// <param name="Kernel">Of integers.</param>
/// <param name="WideOffsets">i16, else i8.</param>
/// <param name="WideMask">i16, else i8, or there is none.</param>
public sealed record DeformShape(DeformKernel Kernel, bool WideOffsets, bool WideMask, SampleAccess Access)
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>The most rows of which each gets a bank of its own.</summary>
    public const int MostBanks = 32;

    private WindowGeometry Geometry => Kernel.Geometry;

    private int Taps => Geometry.KernelHeight * Geometry.KernelWidth;

    /// <summary>Samples are whole elements, as they are stored: nothing is blended, nothing scaled.</summary>
    public bool IsRaw => Kernel.Sampling.Fraction == 0 && !Kernel.Masked;

    /// <summary>Width of a sample: 8 bits as it is stored; a difference to the zero point has 9, and a blend the offsets' fraction bits besides.</summary>
    public int SampleBits => IsRaw ? 8 : 9 + Kernel.Sampling.Fraction;

    /// <summary>Rows that samples of an output row lie on, above and below the row under the window's centre.</summary>
    public int Reach => Kernel.Sampling.Reach(Geometry);

    /// <summary>
    /// Rows of the line buffer: 2 · reach + 1 that a row of outputs may touch, and those that come in meanwhile for the next; with a
    /// stride of 1 these are 2 · reach + 2. An even number, for neighbours lie in different banks. No more than the image has: then
    /// it is all here before the first output.
    /// </summary>
    public int RingRows => HoldsImage ? Even(Geometry.Height) : (int)Even(RowsTouched + Geometry.StrideY);

    /// <summary>The whole image fits the rows that the reach asks for.</summary>
    public bool HoldsImage => RowsTouched + Geometry.StrideY >= Geometry.Height;

    private long RowsTouched => 2L * Reach + 1;

    /// <summary>The lowest row that the first output row reaches, where rows come and go.</summary>
    public int Low => HoldsImage ? 0 : Centre - Reach;

    /// <summary>How far that moves from output row to output row.</summary>
    public int LowStep => HoldsImage ? 0 : Geometry.StrideY;

    /// <summary>Rows of the image that must be here for the first output row.</summary>
    public int FirstLoad => HoldsImage ? Geometry.Height : Centre + Reach + 1;

    /// <summary>Rows that any output row reaches.</summary>
    public int Rows => (int)Math.Clamp(FirstLoad + (Geometry.OutHeight - 1L) * Geometry.StrideY, 0, Geometry.Height);

    // Row under the centre of the first window.
    private int Centre => Geometry.DilationY * (Geometry.KernelHeight / 2) - Geometry.PadTop;

    /// <summary>Rows that are sampled at once.</summary>
    public int Ports => Access == SampleAccess.Square ? 3 : 1;

    /// <summary>Three rows can be read at once: a square kernel of three rows, lane by lane, with a bank for each buffered row.</summary>
    public bool CanBeSquare(ConvolutionMode mode) =>
        mode == ConvolutionMode.Depthwise && Kernel.Sampling.Square && Geometry.KernelHeight == 3 && RingRows <= MostBanks;

    /// <summary>Words of offsets of an output pixel.</summary>
    public int OffsetWords => Words(Kernel.Sampling.Offsets(Geometry), WideOffsets ? 2 : 1);

    /// <summary>Words of masks of an output pixel.</summary>
    public int MaskWords => Kernel.Masked ? Words(Kernel.Sampling.OffsetGroups * Taps, WideMask ? 2 : 1) : 0;

    /// <summary>Numbers of an output pixel that are kept side by side: pairs of offsets, or masks.</summary>
    public int Numbers => Kernel.Sampling.OffsetGroups * (Kernel.Sampling.Square && !Kernel.Masked ? 1 : Taps);

    /// <summary>Channels of an offset group.</summary>
    public int GroupChannels => Geometry.Channels / Kernel.Sampling.OffsetGroups;

    /// <summary>Channels of a tile.</summary>
    public int ChannelsOf(in ConvolutionTile tile) => Math.Min(tile.Words * Lanes, Geometry.Channels - tile.Begin * Lanes);

    /// <summary>Places of an output pixel: its taps, or columns, times the pieces into which words and offset groups cut the channels.</summary>
    public int Places(in ConvolutionTile tile)
    {
        int pieces = 0, begin = tile.Begin * Lanes, end = begin + ChannelsOf(tile);
        for (int channel = begin; channel < end; pieces++)
            channel = Math.Min(Math.Min((channel / Lanes + 1) * Lanes, (channel / GroupChannels + 1) * GroupChannels), end);
        return pieces * (Access == SampleAccess.Square ? Geometry.KernelWidth : Taps);
    }

    /// <summary>
    /// Reads of a place, one after another: whole offsets need one; between pixels both rows of a column come at once from banks, and
    /// one by one from memory.
    /// </summary>
    public int Phases => Kernel.Sampling.Fraction == 0 ? 1 : Access == SampleAccess.Gather ? 4 : 2;

    /// <summary>Steps in which the places of a pixel are found while the numbers of the next one come in.</summary>
    public int PixelSteps(in ConvolutionTile tile) =>
        Math.Max(Places(tile) * (Access == SampleAccess.Gather ? Phases : 1), OffsetWords + MaskWords);

    /// <summary>Words of the line buffer for input words of a pixel.</summary>
    public long LineWords(int words) => Access == SampleAccess.Gather ? 0 : (long)RingRows * Geometry.Width * words;

    private static int Words(int numbers, int bytes) => (numbers + Lanes - 1) / Lanes * bytes;

    private static int Even(int rows) => rows + rows % 2;

    private static long Even(long rows) => rows + rows % 2;
}
