using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Tests.Hls;

/// <summary>Seeded tensors and kernels. Requantization ratios are such that results use the whole range.</summary>
internal sealed class Draw(int seed)
{
    private readonly Random random = new(seed);

    public int Int(int lo, int hi) => random.Next(lo, hi + 1);

    public T Of<T>(params T[] choices) => choices[random.Next(choices.Length)];

    public Tensor I8(Shape shape, int lo = -128, int hi = 127)
    {
        var values = new sbyte[shape.ElementCount];
        for (int i = 0; i < values.Length; i++)
            values[i] = (sbyte)random.Next(lo, hi + 1);
        return Tensor.Of(shape, values);
    }

    public Tensor Bias(int count)
    {
        var values = new int[count];
        for (int i = 0; i < count; i++)
            values[i] = random.Next(-20000, 20000);
        return Tensor.Of([count], values);
    }

    /// <summary>A finish for sums of about <paramref name="terms"/> products of two random bytes.</summary>
    public IntegerFinish Finish(int count, double terms)
    {
        var ratios = new double[count];
        for (int i = 0; i < count; i++)
            ratios[i] = (0.3 + random.NextDouble()) * 64 / (Math.Sqrt(terms) * 74 * 74);
        (int lo, int hi) = Of((-128, 127), (-100, 90), (-128, 0));
        return FixedPoint.Finish(ratios, Int(-60, 60), lo, hi)!;
    }

    public EngineCase Convolution(string name, WindowGeometry g)
    {
        int inputs = g.Channels / g.Groups;
        var kernel = new WindowKernel(
            WindowMode.Convolution, g, I8([g.OutChannels, g.KernelHeight, g.KernelWidth, inputs], Of(-128, -127)), Bias(g.OutChannels),
            Finish(Of(1, g.OutChannels), inputs * g.KernelHeight * g.KernelWidth), Int(-128, 127));
        return Window(name, kernel);
    }

    public EngineCase Window(string name, WindowKernel kernel)
    {
        WindowGeometry g = kernel.Geometry;
        return new(name, kernel, I8([g.Batch, g.Height, g.Width, g.Channels]), [g.Batch, g.OutHeight, g.OutWidth, g.OutChannels]);
    }

    public EngineCase Average(string name, WindowGeometry g, bool countPadding)
    {
        int area = g.KernelHeight * g.KernelWidth, zero = Int(-50, 50);
        double[] ratios = [.. Enumerable.Range(0, area + 1).Select(count => 0.9 / Math.Max(1, count))];
        IntegerFinish finish = FixedPoint.Finish(ratios, Int(-20, 20), -128, 127)!;
        return Window(name, new(WindowMode.Average, g, null, null, finish, zero, countPadding));
    }

    public EngineCase Matmul(string name, int batch, int rows, int inner, int columns, bool broadcastLeft = false, bool bias = true)
    {
        var g = new MatmulGeometry(batch, rows, inner, columns, true, broadcastLeft, true);
        var kernel = new MatmulKernel(
            g, I8([columns, inner]), bias ? Bias(columns) : null, Finish(Of(1, columns), inner), Int(-128, 127));
        return new(name, kernel, I8(broadcastLeft ? [rows, inner] : [batch, rows, inner]), [batch, rows, columns]);
    }

    public EngineCase Product(string name, MatmulGeometry g)
    {
        var kernel = new MatmulKernel(g, null, Bias(g.Columns), Finish(Of(1, g.Columns), g.Inner), Int(-15, 15), Int(-15, 15));
        Shape right = g.RightTransposed ? [g.Columns, g.Inner] : [g.Inner, g.Columns];
        return new(
            name, _ => kernel, [I8([g.BroadcastLeft ? 1 : g.Batch, g.Rows, g.Inner]), I8([g.BroadcastRight ? 1 : g.Batch, .. right])],
            [g.Batch, g.Rows, g.Columns]);
    }

    /// <summary>A geometry whose output extents follow from the others.</summary>
    public static WindowGeometry Geometry(
        int height, int width, int channels, int outChannels, int kernel, int stride = 1, int pad = 0, int groups = 1, int dilation = 1,
        int batch = 1, int? kernelWidth = null, int? padLeft = null)
    {
        int kw = kernelWidth ?? kernel, left = padLeft ?? pad;
        int outHeight = (height + 2 * pad - ((kernel - 1) * dilation + 1)) / stride + 1;
        int outWidth = (width + 2 * left - ((kw - 1) * dilation + 1)) / stride + 1;
        return new(
            batch, height, width, channels, outHeight, outWidth, outChannels, kernel, kw, stride, stride, dilation, dilation, pad, left, groups);
    }
}
