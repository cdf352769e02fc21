namespace Edgec.Runtime.Kernels;

/// <summary>
/// Where the windows of a convolution or pooling lie. Input is [Batch, Height, Width, Channels], output
/// [Batch, OutHeight, OutWidth, OutChannels], both channels-last; weights are
/// [OutChannels, KernelHeight, KernelWidth, Channels / Groups].
/// </summary>
/// <remarks>Output (y, x) reads input row <c>y * StrideY + ky * DilationY - PadTop</c> and column
/// <c>x * StrideX + kx * DilationX - PadLeft</c>; padding at the bottom and right follows from the extents.</remarks>
public readonly record struct WindowGeometry(
    int Batch,
    int Height,
    int Width,
    int Channels,
    int OutHeight,
    int OutWidth,
    int OutChannels,
    int KernelHeight,
    int KernelWidth,
    int StrideY,
    int StrideX,
    int DilationY,
    int DilationX,
    int PadTop,
    int PadLeft,
    int Groups)
{
    /// <summary>The input pixel, counted over all images, under one position of a window; false if it lies outside.</summary>
    /// <param name="row">Output row counted over all images: <c>n * OutHeight + y</c>.</param>
    public bool TryPixel(int row, int outX, int kernelY, int kernelX, out int pixel)
    {
        (int image, int outY) = Math.DivRem(row, OutHeight);
        int y = outY * StrideY + kernelY * DilationY - PadTop, x = outX * StrideX + kernelX * DilationX - PadLeft;
        pixel = (image * Height + y) * Width + x;
        return (uint)y < (uint)Height && (uint)x < (uint)Width;
    }
}
