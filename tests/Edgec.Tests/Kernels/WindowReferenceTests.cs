using System.Numerics;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Kernels;

/// <summary>The reference window kernels against their definition, one output element at a time.</summary>
public sealed class WindowReferenceTests
{
    public static TheoryData<WindowGeometry> Geometries =>
    [
        new WindowGeometry(1, 5, 6, 3, 5, 6, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1),
        new WindowGeometry(2, 7, 5, 4, 4, 3, 6, 3, 3, 2, 2, 1, 1, 1, 1, 2),
        new WindowGeometry(1, 9, 9, 8, 9, 9, 8, 3, 3, 1, 1, 2, 2, 2, 2, 8), // depthwise, dilated
        new WindowGeometry(1, 5, 4, 3, 3, 2, 6, 3, 3, 2, 2, 1, 1, 1, 1, 3), // two outputs for each input channel
        new WindowGeometry(1, 4, 4, 40, 2, 2, 5, 2, 3, 2, 1, 1, 1, 0, 0, 1), // rows beyond a vector
        new WindowGeometry(1, 3, 3, 2, 4, 4, 2, 4, 4, 1, 1, 1, 1, 2, 2, 1), // more padding than image at the corners
    ];

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Convolution_is_the_exact_sum_requantized(WindowGeometry g)
    {
        var random = new Random(1);
        const int zero = -7;
        Tensor x = RandomTensor.I8(random, g.Batch, g.Height, g.Width, g.Channels);
        Tensor w = RandomTensor.I8(random, g.OutChannels, g.KernelHeight, g.KernelWidth, g.Channels / g.Groups);
        Tensor bias = RandomTensor.I32(random, 5000, g.OutChannels);
        IntegerFinish finish = RequantizeModel.RandomFinish(random, g.OutChannels, 0.002, -100, 90);
        Tensor y = KernelRunner.Run(new WindowKernel(WindowMode.Convolution, g, w, bias, finish, zero), [x], ElementType.I8, Output(g, g.OutChannels));
        int perGroup = g.Channels / g.Groups;
        ForEachOutput(g, g.OutChannels, (at, n, oy, ox, oc) =>
        {
            BigInteger sum = bias.Integer(oc);
            foreach ((int tap, int pixel) in Taps(g, n, oy, ox))
                for (int c = 0; c < perGroup; c++)
                {
                    int channel = oc / (g.OutChannels / g.Groups) * perGroup + c;
                    sum += w.Integer((oc * g.KernelHeight * g.KernelWidth + tap) * perGroup + c) * (x.Integer(pixel * g.Channels + channel) - zero);
                }

            Assert.Equal(RequantizeModel.Apply(finish, sum, oc), y.Span<sbyte>()[at]);
        });
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Multipliers_of_groups_multiply_the_sums_of_their_weights(WindowGeometry g)
    {
        var random = new Random(6);
        Tensor x = RandomTensor.I8(random, g.Batch, g.Height, g.Width, g.Channels);
        int perGroup = g.Channels / g.Groups, inner = g.KernelHeight * g.KernelWidth * perGroup, size = 4, groups = (inner + size - 1) / size;
        Tensor w = Tensor.PackI4([g.OutChannels, g.KernelHeight, g.KernelWidth, perGroup], [.. Enumerable.Range(0, g.OutChannels * inner).Select(_ => (sbyte)random.Next(-8, 8))]);
        var multipliers = Tensor.Of<byte>([g.OutChannels, groups], [.. Enumerable.Range(0, g.OutChannels * groups).Select(_ => (byte)random.Next(1, 256))]);
        Tensor bias = RandomTensor.I32(random, 50000, g.OutChannels);
        IntegerFinish finish = RequantizeModel.RandomFinish(random, g.OutChannels, 0.0005, -100, 90);
        Tensor y = KernelRunner.Run(
            new WindowKernel(WindowMode.Convolution, g, w, bias, finish, -7, Groups: new(size, multipliers)), [x], ElementType.I8, Output(g, g.OutChannels));
        ForEachOutput(g, g.OutChannels, (at, n, oy, ox, oc) =>
        {
            BigInteger sum = bias.Integer(oc);
            foreach ((int tap, int pixel) in Taps(g, n, oy, ox))
                for (int c = 0; c < perGroup; c++)
                {
                    int channel = oc / (g.OutChannels / g.Groups) * perGroup + c, k = tap * perGroup + c;
                    sum += multipliers.Integer(oc * groups + k / size) * w.Integer(oc * inner + k) * (x.Integer(pixel * g.Channels + channel) + 7);
                }

            Assert.Equal(RequantizeModel.Apply(finish, sum, oc), y.Span<sbyte>()[at]);
        });
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Float_convolution_is_the_sum_in_order(WindowGeometry g)
    {
        var random = new Random(2);
        Tensor x = RandomTensor.F32(random, g.Batch, g.Height, g.Width, g.Channels);
        Tensor w = RandomTensor.F32(random, g.OutChannels, g.KernelHeight, g.KernelWidth, g.Channels / g.Groups);
        Tensor bias = RandomTensor.F32(random, g.OutChannels);
        var kernel = new WindowKernel(WindowMode.Convolution, g, w, bias, new FloatFinish(-3, 4));
        Tensor y = KernelRunner.Run(kernel, [x], ElementType.F32, Output(g, g.OutChannels));
        int perGroup = g.Channels / g.Groups;
        ForEachOutput(g, g.OutChannels, (at, n, oy, ox, oc) =>
        {
            float sum = bias.Span<float>()[oc];
            foreach ((int tap, int pixel) in Taps(g, n, oy, ox))
                for (int c = 0; c < perGroup; c++)
                {
                    int channel = oc / (g.OutChannels / g.Groups) * perGroup + c;
                    sum += w.Span<float>()[(oc * g.KernelHeight * g.KernelWidth + tap) * perGroup + c] * x.Span<float>()[pixel * g.Channels + channel];
                }

            Assert.Equal(Math.Clamp(sum, -3, 4), y.Span<float>()[at]);
        });
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Maxima_look_only_inside(WindowGeometry g)
    {
        var random = new Random(3);
        Tensor x = RandomTensor.I8(random, g.Batch, g.Height, g.Width, g.Channels);
        WindowGeometry pool = g with { OutChannels = g.Channels, Groups = g.Channels };
        Tensor y = KernelRunner.Run(new WindowKernel(WindowMode.Maximum, pool, null, null, new ClampFinish(-90, 100)), [x], ElementType.I8, Output(g, g.Channels));
        Tensor yf = KernelRunner.Run(new WindowKernel(WindowMode.Maximum, pool, null, null, new FloatFinish(-90, 100)), [x.ToF32()], ElementType.F32, Output(g, g.Channels));
        ForEachOutput(g, g.Channels, (at, n, oy, ox, c) =>
        {
            long expected = Math.Clamp(Taps(g, n, oy, ox).Max(t => x.Integer(t.Pixel * g.Channels + c)), -90, 100);
            Assert.Equal(expected, y.Integer(at));
            Assert.Equal(expected, yf.Number(at));
        });
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Averages_finish_by_the_number_of_elements(WindowGeometry g)
    {
        var random = new Random(4);
        const int zero = 11;
        Tensor x = RandomTensor.I8(random, g.Batch, g.Height, g.Width, g.Channels);
        WindowGeometry pool = g with { OutChannels = g.Channels, Groups = g.Channels };
        int full = g.KernelHeight * g.KernelWidth;
        IntegerFinish finish = FixedPoint.Finish([0, .. Enumerable.Range(1, full).Select(n => 1.25 / n)], -3, -128, 127)!;
        foreach (bool countPadding in new[] { false, true })
        {
            Tensor y = KernelRunner.Run(
                new WindowKernel(WindowMode.Average, pool, null, null, finish, zero, countPadding), [x], ElementType.I8, Output(g, g.Channels));
            Tensor yf = KernelRunner.Run(
                new WindowKernel(WindowMode.Average, pool, null, null, FloatFinish.Identity, 0, countPadding), [x.ToF32()], ElementType.F32, Output(g, g.Channels));
            ForEachOutput(g, g.Channels, (at, n, oy, ox, c) =>
            {
                long[] values = [.. Taps(g, n, oy, ox).Select(t => x.Integer(t.Pixel * g.Channels + c))];
                int count = countPadding ? full : values.Length;
                Assert.Equal(RequantizeModel.Apply(finish, values.Sum(v => v - zero), count), y.Span<sbyte>()[at]);
                Assert.Equal(values.Sum() / (float)count, yf.Span<float>()[at]);
            });
        }
    }

    private static Shape Output(WindowGeometry g, int channels) => [g.Batch, g.OutHeight, g.OutWidth, channels];

    private static void ForEachOutput(WindowGeometry g, int channels, Action<int, int, int, int, int> check)
    {
        int at = 0;
        for (int n = 0; n < g.Batch; n++)
            for (int oy = 0; oy < g.OutHeight; oy++)
                for (int ox = 0; ox < g.OutWidth; ox++)
                    for (int c = 0; c < channels; c++)
                        check(at++, n, oy, ox, c);
    }

    /// <summary>Kernel positions whose input pixel lies inside, and that pixel, counted over the batch.</summary>
    private static IEnumerable<(int Tap, int Pixel)> Taps(WindowGeometry g, int n, int oy, int ox)
    {
        for (int ky = 0; ky < g.KernelHeight; ky++)
            for (int kx = 0; kx < g.KernelWidth; kx++)
            {
                int y = oy * g.StrideY + ky * g.DilationY - g.PadTop, x = ox * g.StrideX + kx * g.DilationX - g.PadLeft;
                if (y >= 0 && y < g.Height && x >= 0 && x < g.Width)
                    yield return (ky * g.KernelWidth + kx, (n * g.Height + y) * g.Width + x);
            }
    }
}
