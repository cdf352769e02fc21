using System.Numerics;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Kernels;

/// <summary>The reference kernels for matrix products, reductions, rows, tables and conversions against their definitions.</summary>
public sealed class RowReferenceTests
{
    [Theory]
    [InlineData(1, 3, 70, 5, true, false, true)]
    [InlineData(3, 2, 5, 4, false, false, false)]
    [InlineData(3, 2, 33, 4, true, false, false)]
    [InlineData(2, 4, 7, 3, false, true, false)]
    [InlineData(2, 4, 7, 9, false, false, true)]
    [InlineData(4, 50, 64, 50, false, false, false)] // enough work to be split
    public void Matmul_is_the_exact_sum_requantized(int batch, int rows, int inner, int columns, bool transposed, bool broadcastLeft, bool broadcastRight)
    {
        var random = new Random(5);
        var g = new MatmulGeometry(batch, rows, inner, columns, transposed, broadcastLeft, broadcastRight);
        Tensor left = RandomTensor.I8(random, broadcastLeft ? 1 : batch, rows, inner);
        Tensor right = RandomTensor.I8(random, broadcastRight ? 1 : batch, inner * columns);
        Tensor bias = RandomTensor.I32(random, 1000, columns);
        IntegerFinish finish = RequantizeModel.RandomFinish(random, columns, 0.003);
        Tensor y = KernelRunner.Run(new MatmulKernel(g, null, bias, finish, 5, -9), [left, right], ElementType.I8, [batch, rows, columns]);
        Tensor yf = KernelRunner.Run(
            new MatmulKernel(g, null, null, FloatFinish.Identity), [left.ToF32(), right.ToF32()], ElementType.F32, [batch, rows, columns]);
        for (int at = 0; at < y.Count; at++)
        {
            int c = at % columns, r = at / columns % rows, b = at / columns / rows;
            BigInteger sum = bias.Integer(c);
            long plain = 0;
            for (int k = 0; k < inner; k++)
            {
                long l = left.Integer(((broadcastLeft ? 0 : b) * rows + r) * inner + k);
                long w = right.Integer((broadcastRight ? 0 : b) * inner * columns + (transposed ? c * inner + k : k * columns + c));
                sum += (l - 5) * (w + 9);
                plain += l * w;
            }

            Assert.Equal(RequantizeModel.Apply(finish, sum, c), y.Span<sbyte>()[at]);
            Assert.Equal(plain, yf.Number(at)); // products of i8 sum exactly in f32 here
        }
    }

    [Theory]
    [InlineData(ReduceMode.Sum)]
    [InlineData(ReduceMode.Mean)]
    [InlineData(ReduceMode.Maximum)]
    [InlineData(ReduceMode.Minimum)]
    public void Reductions_follow_the_middle_axis(ReduceMode mode)
    {
        var random = new Random(6);
        var g = new RowGeometry(3, 11, 4);
        Tensor x = RandomTensor.I8(random, 3, 11, 4);
        Finish finish = mode == ReduceMode.Sum ? RequantizeModel.RandomFinish(random, 1, 0.05) : new ClampFinish(-100, 80);
        Tensor? y = mode == ReduceMode.Mean ? null : KernelRunner.Run(new ReduceKernel(mode, g, finish, 3), [x], ElementType.I8, [3, 4]);
        Tensor yf = KernelRunner.Run(new ReduceKernel(mode, g, new FloatFinish(-100, 80)), [x.ToF32()], ElementType.F32, [3, 4]);
        for (int at = 0; at < 12; at++)
        {
            long[] row = [.. Enumerable.Range(0, 11).Select(i => x.Integer((at / 4 * 11 + i) * 4 + at % 4))];
            double value = mode switch
            {
                ReduceMode.Sum => row.Sum(),
                ReduceMode.Mean => row.Sum() / 11f,
                ReduceMode.Maximum => row.Max(),
                _ => row.Min(),
            };
            Assert.Equal(Math.Clamp(value, -100, 80), yf.Number(at));
            if (y is not null)
                Assert.Equal(finish is IntegerFinish f ? RequantizeModel.Apply(f, row.Sum(v => v - 3), 0) : Math.Clamp((long)value, -100, 80), y.Integer(at));
        }
    }

    [Fact]
    public void Softmax_stays_near_the_exact_one_of_the_same_scores()
    {
        const double scale = 0.07;
        var random = new Random(7);
        var g = new RowGeometry(2, 9, 3);
        Tensor x = RandomTensor.I8(random, 2, 9, 3);
        Tensor table = Tensor.Of([256], [.. Enumerable.Range(0, 256).Select(d => (short)Math.Round(32767 * Math.Exp(-scale * d)))]);
        Tensor y = KernelRunner.Run(new RowNormKernel(new SoftmaxStep(table, 255, -128), g), [x], ElementType.I8, x.Shape);
        Tensor scores = Tensor.Of(x.Shape, [.. x.Integers().Select(q => (float)(q * scale))]);
        Tensor yf = KernelRunner.Run(new RowNormKernel(new FloatSoftmaxStep(false), g), [scores], ElementType.F32, x.Shape);
        Tensor log = KernelRunner.Run(new RowNormKernel(new FloatSoftmaxStep(true), g), [scores], ElementType.F32, x.Shape);
        for (int at = 0; at < x.Count; at++)
        {
            double sum = Enumerable.Range(0, 9).Sum(i => Math.Exp(scores.Number((at / 27 * 9 + i) * 3 + at % 3)));
            double exact = Math.Exp(scores.Number(at)) / sum;
            Assert.Equal(exact, yf.Number(at), 1e-6);
            Assert.Equal(Math.Log(exact), log.Number(at), 1e-4);
            Assert.InRange(y.Integer(at) + 128 - 255 * exact, -0.64, 0.64); // 0.6 + M (N - 1) / (2 · 32767)
        }
    }

    [Fact]
    public void A_table_maps_every_integer()
    {
        Tensor x = Tensor.Of([256], [.. Enumerable.Range(-128, 256).Select(v => (sbyte)v)]);
        Tensor table = RandomTensor.I8(new Random(9), 256);
        Tensor y = KernelRunner.Run(new TableKernel(256, table), [x], ElementType.I8, [256]);
        Assert.Equal(table.Bytes, y.Bytes);
    }

    [Fact]
    public void Quantize_rounds_to_even_and_saturates()
    {
        Tensor x = Tensor.Of<float>([8], [0.25f, 0.75f, -0.25f, 1000, -1000, float.NaN, float.PositiveInfinity, 3]);
        Tensor y = KernelRunner.Run(new ConvertKernel(Conversion.Quantize, 8, 0.5f, 1), [x], ElementType.I8, [8]);
        Assert.Equal<long>([1, 3, 1, 127, -128, 1, 127, 7], y.Integers());
        Tensor back = KernelRunner.Run(new ConvertKernel(Conversion.Dequantize, 8, 0.5f, 1), [y], ElementType.F32, [8]);
        Assert.Equal<float>([0, 1, 0, 63, -64.5f, 0, 63, 3], back.Span<float>().ToArray());
    }

    [Fact]
    public void Integer_maps_broadcast()
    {
        var random = new Random(10);
        Tensor a = RandomTensor.I8(random, 2, 3, 4), b = RandomTensor.I8(random, 3, 1);
        var g = BroadcastGeometry.Of([2, 3, 4], a.Shape, b.Shape);
        Tensor add = KernelRunner.Run(new MapKernel(new AddStep(3, 20000, -4, -30000, 16, 2, -120, 127), g), [a, b], ElementType.I8, [2, 3, 4]);
        Tensor multiply = KernelRunner.Run(new MapKernel(new MultiplyStep(3, -4, 40000, FixedPoint.Addend(24, -1), 24, -128, 100), g), [a, b], ElementType.I8, [2, 3, 4]);
        Tensor most = KernelRunner.Run(new MapKernel(new MaximumStep(-50, 60), g), [a, b], ElementType.I8, [2, 3, 4]);
        Tensor least = KernelRunner.Run(new MapKernel(new MinimumStep(-50, 60), g), [a, b], ElementType.I8, [2, 3, 4]);
        for (int at = 0; at < a.Count; at++)
        {
            long p = a.Integer(at), q = b.Integer(at / 4 % 3);
            Assert.Equal(Math.Clamp(2 + (((p - 3) * 20000 - (q + 4) * 30000 + 32768) >> 16), -120, 127), add.Integer(at));
            Assert.Equal(Math.Clamp(((p - 3) * (q + 4) * 40000 + (1 << 23) - (1 << 24)) >> 24, -128, 100), multiply.Integer(at));
            Assert.Equal(Math.Clamp(Math.Max(p, q), -50, 60), most.Integer(at));
            Assert.Equal(Math.Clamp(Math.Min(p, q), -50, 60), least.Integer(at));
        }
    }
}
