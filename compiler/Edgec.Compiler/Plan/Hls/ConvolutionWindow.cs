using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>The geometry of a convolution as the engine walks it. See <see cref="WindowGeometry"/> for the plain one.</summary>
/// <param name="Rows">Input rows that any window reaches.</param>
/// <param name="KernelSteps">Steps along the kernel's width: its columns, or packed words of <paramref name="Taps"/> columns.</param>
/// <param name="StepX">Input columns from one of these steps to the next.</param>
/// <param name="Pad">The value of lanes outside the image.</param>
/// <param name="Direct">A 1x1 kernel at every pixel: no line buffer.</param>
/// <param name="Taps">Neighbouring pixels that share a word, where channels are few; else 1.</param>
/// <param name="TapLanes">Lanes of each of them.</param>
public sealed record ConvolutionWindow(
    int Batch,
    int Height,
    int Rows,
    int Width,
    int OutHeight,
    int OutWidth,
    int KernelHeight,
    int KernelSteps,
    int StrideY,
    int StrideX,
    int DilationY,
    int StepX,
    int PadTop,
    int PadLeft,
    int Pad,
    bool Direct,
    int Taps,
    int TapLanes)
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>Rows of the line buffer: those of a window, and those that come in meanwhile for the next.</summary>
    public int RingRows => (KernelHeight - 1) * DilationY + 1 + (OutHeight > 1 ? StrideY : 0);

    /// <summary>Entries of a row of the line buffer for each word of a pixel.</summary>
    public int RowEntries => Width + Taps - 1;

    /// <summary>Steps of the kernel for one input word.</summary>
    public int KernelArea => KernelHeight * KernelSteps;

    /// <summary>The window of a kernel.</summary>
    /// <param name="dense">All products are wanted; only then can pixels share words.</param>
    public static ConvolutionWindow Of(in WindowGeometry g, int pad, bool dense)
    {
        bool pointwise = dense && g is { KernelHeight: 1, KernelWidth: 1, StrideX: 1, StrideY: 1, PadTop: 0, PadLeft: 0 }
            && g.OutHeight == g.Height && g.OutWidth == g.Width;
        if (pointwise)
            return Flat(g.Batch * g.Height * g.Width, pad);
        int rows = Math.Clamp((g.OutHeight - 1) * g.StrideY - g.PadTop + (g.KernelHeight - 1) * g.DilationY + 1, 0, g.Height);
        int taps = dense && g.Groups == 1 && g.DilationX == 1 ? Math.Min(Lanes / Math.Min(g.Channels, Lanes), g.KernelWidth) : 1;
        return new(
            g.Batch, g.Height, rows, g.Width, g.OutHeight, g.OutWidth, g.KernelHeight, (g.KernelWidth + taps - 1) / taps,
            g.StrideY, g.StrideX, g.DilationY, taps > 1 ? taps : g.DilationX, g.PadTop, g.PadLeft, pad, false, taps, g.Channels);
    }

    /// <summary>A matrix product: every row is a pixel.</summary>
    public static ConvolutionWindow Flat(int pixels, int pad) =>
        new(1, 1, 1, pixels, 1, pixels, 1, 1, 1, 1, 1, 1, 0, 0, pad, true, 1, Lanes);
}
