using System.Numerics;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Emit;
using Xunit;

namespace Edgec.Tests.Kernels;

/// <summary>The reference kernels of 16-bit activations against their definition in unbounded integers.</summary>
public sealed class WideReferenceTests
{
    [Fact]
    public void Convolutions_are_exact_sums_requantized()
    {
        foreach (KernelCase c in KernelCases.Windows(ElementType.I16, 8).Where(c => c.Kernel is WindowKernel { Mode: WindowMode.Convolution }))
        {
            var kernel = (WindowKernel)c.Kernel;
            WindowGeometry g = kernel.Geometry;
            Tensor x = Draw(1, c.Operands[0].Shape), y = KernelRunner.Run(kernel, [x], ElementType.I16, c.Result.Shape);
            int perGroup = g.Channels / g.Groups, outs = g.OutChannels / g.Groups, step = Math.Max(1, y.Count / 200);
            for (int at = 0; at < y.Count; at += step)
            {
                int oc = at % g.OutChannels, ox = at / g.OutChannels % g.OutWidth, row = at / g.OutChannels / g.OutWidth;
                BigInteger sum = kernel.Bias!.Integer(oc);
                for (int tap = 0; tap < g.KernelHeight * g.KernelWidth; tap++)
                {
                    if (!g.TryPixel(row, ox, tap / g.KernelWidth, tap % g.KernelWidth, out int pixel))
                        continue;
                    for (int i = 0; i < perGroup; i++)
                        sum += kernel.Weights!.Integer((oc * g.KernelHeight * g.KernelWidth + tap) * perGroup + i) * x.Integer(pixel * g.Channels + oc / outs * perGroup + i);
                }

                Assert.Equal(RequantizeModel.Apply((IntegerFinish)kernel.Finish, sum, oc), y.Integer(at));
            }
        }
    }

    [Fact]
    public void Products_of_activations_sum_beyond_32_bits()
    {
        const int Inner = 40;
        var geometry = new MatmulGeometry(2, 3, Inner, 5, RightTransposed: false, BroadcastLeft: false, BroadcastRight: false);
        IntegerFinish finish = FixedPoint.Finish([1e-6], 0, -32768, 32767, bits: 24)!;
        var kernel = new MatmulKernel(geometry, null, null, finish);
        Tensor a = Fill([2, 3, Inner], short.MinValue), b = Fill([2, Inner, 5], short.MaxValue);
        a.Span<short>()[7] = 12345;
        b.Span<short>()[11] = -31000;
        Assert.Equal(64, AccumulatorRange.Of(kernel, ElementType.I16)!.Value.Width);
        AccumulatorRange.Prove(kernel, ElementType.I16);
        Tensor y = KernelRunner.Run(kernel, [a, b], ElementType.I16, [2, 3, 5]);
        for (int at = 0; at < y.Count; at++)
        {
            BigInteger sum = 0;
            for (int k = 0; k < Inner; k++)
                sum += (BigInteger)a.Integer(at / 5 * Inner + k) * b.Integer((at / 15 * Inner + k) * 5 + at % 5);
            Assert.True(BigInteger.Abs(sum) > uint.MaxValue);
            Assert.Equal(RequantizeModel.Apply(finish, sum, 0), y.Integer(at));
        }
    }

    [Fact]
    public void Pools_and_reductions_are_exact()
    {
        foreach (KernelCase c in KernelCases.Reductions(ElementType.I16).Where(c => c.Kernel is ReduceKernel))
        {
            var kernel = (ReduceKernel)c.Kernel;
            RowGeometry g = kernel.Geometry;
            Tensor x = Draw(2, c.Operands[0].Shape), y = KernelRunner.Run(kernel, [x], ElementType.I16, c.Result.Shape);
            for (int at = 0; at < y.Count; at++)
            {
                long[] row = [.. Enumerable.Range(0, g.Length).Select(i => x.Integer((at / g.Inner * g.Length + i) * g.Inner + at % g.Inner))];
                long expected = (kernel.Mode, kernel.Finish) switch
                {
                    (ReduceMode.Maximum, ClampFinish f) => Math.Clamp(row.Max(), f.Lo, f.Hi),
                    (ReduceMode.Minimum, ClampFinish f) => Math.Clamp(row.Min(), f.Lo, f.Hi),
                    _ => RequantizeModel.Apply((IntegerFinish)kernel.Finish, row.Sum(), 0),
                };
                Assert.Equal(expected, y.Integer(at));
            }
        }
    }

    [Theory]
    [InlineData(500, 32)]
    [InlineData(600, 64)]
    public void The_plan_says_how_wide_sums_are(int inner, int width)
    {
        Tensor weights = Tensor.Of([1, inner], Enumerable.Repeat((sbyte)127, inner).ToArray());
        var kernel = new MatmulKernel(new(1, 1, inner, 1, true, false, true), weights, null, FixedPoint.Finish([1e-5], 0, -32768, 32767, bits: 24)!);
        AccumulatorRange range = AccumulatorRange.Of(kernel, ElementType.I16)!.Value;
        Assert.Equal((width, 32768L * 127 * inner), (range.Width, range.Highest));
    }

    private static Tensor Draw(int seed, Shape shape)
    {
        var random = new Random(seed);
        return Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1))]);
    }

    private static Tensor Fill(Shape shape, short value) => Tensor.Of(shape, Enumerable.Repeat(value, (int)shape.ElementCount).ToArray());
}
