namespace Edgec.Runtime.Kernels;

/// <summary>Pooling in single precision, channels-last. A row is one output row of one image: [0, Batch · OutHeight).</summary>
public static class FloatPool
{
    /// <summary>The maximum over positions inside the image, clamped; minus infinity, clamped, if there is none.</summary>
    public static void Maximum(in WindowGeometry g, ReadOnlySpan<float> x, float lo, float hi, Span<float> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                Span<float> target = y.Slice((row * g.OutWidth + ox) * g.Channels, g.Channels);
                target.Fill(lo);
                for (int ky = 0; ky < g.KernelHeight; ky++)
                    for (int kx = 0; kx < g.KernelWidth; kx++)
                    {
                        if (!g.TryPixel(row, ox, ky, kx, out int pixel))
                            continue;
                        ReadOnlySpan<float> source = x.Slice(pixel * g.Channels, g.Channels);
                        for (int c = 0; c < target.Length; c++)
                            target[c] = Math.Max(target[c], source[c]);
                    }

                for (int c = 0; c < target.Length; c++)
                    target[c] = Math.Min(target[c], hi);
            }
    }

    /// <summary>The mean over positions inside the image, clamped; 0, clamped, if there is none.</summary>
    /// <param name="countPadding">Divide by the full number of positions.</param>
    public static void Average(
        in WindowGeometry g, ReadOnlySpan<float> x, bool countPadding, float lo, float hi, Span<float> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                Span<float> target = y.Slice((row * g.OutWidth + ox) * g.Channels, g.Channels);
                target.Clear();
                int count = 0;
                for (int ky = 0; ky < g.KernelHeight; ky++)
                    for (int kx = 0; kx < g.KernelWidth; kx++)
                    {
                        if (!g.TryPixel(row, ox, ky, kx, out int pixel))
                            continue;
                        count++;
                        ReadOnlySpan<float> source = x.Slice(pixel * g.Channels, g.Channels);
                        for (int c = 0; c < target.Length; c++)
                            target[c] += source[c];
                    }

                float divisor = countPadding ? g.KernelHeight * g.KernelWidth : Math.Max(count, 1);
                for (int c = 0; c < target.Length; c++)
                    target[c] = Math.Min(Math.Max(target[c] / divisor, lo), hi);
            }
    }
}
