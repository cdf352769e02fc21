namespace Edgec.Runtime.Kernels;

/// <summary>Convolution in single precision, channels-last, written plainly.</summary>
public static class FloatWindow
{
    /// <summary>Convolves, adds the bias and clamps. For shapes see <see cref="WindowGeometry"/>.</summary>
    public static void Convolve(
        in WindowGeometry g, ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float lo, float hi, Span<float> y)
    {
        int perGroup = g.Channels / g.Groups, outPerGroup = g.OutChannels / g.Groups;
        int target = 0;
        for (int n = 0; n < g.Batch; n++)
            for (int oy = 0; oy < g.OutHeight; oy++)
                for (int ox = 0; ox < g.OutWidth; ox++)
                    for (int oc = 0; oc < g.OutChannels; oc++)
                    {
                        float sum = bias[oc];
                        int first = oc / outPerGroup * perGroup;
                        for (int ky = 0; ky < g.KernelHeight; ky++)
                        {
                            int iy = oy * g.StrideY + ky * g.DilationY - g.PadTop;
                            if ((uint)iy >= (uint)g.Height)
                                continue;
                            for (int kx = 0; kx < g.KernelWidth; kx++)
                            {
                                int ix = ox * g.StrideX + kx * g.DilationX - g.PadLeft;
                                if ((uint)ix >= (uint)g.Width)
                                    continue;
                                int source = ((n * g.Height + iy) * g.Width + ix) * g.Channels + first;
                                int weight = ((oc * g.KernelHeight + ky) * g.KernelWidth + kx) * perGroup;
                                for (int c = 0; c < perGroup; c++)
                                    sum += x[source + c] * weights[weight + c];
                            }
                        }

                        y[target++] = Math.Min(Math.Max(sum, lo), hi);
                    }
    }
}
