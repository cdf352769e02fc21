using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Fused attention against exact arithmetic on the same 8-bit scores, which the first product alone gives.</summary>
public sealed class AttentionTests
{
    private static readonly Quantization Query = Quantization.PerTensor(0.02, 5), Key = Quantization.PerTensor(0.03, -7), Value = Quantization.PerTensor(0.05, 11);

    private readonly Random random = new(3);

    [Theory]
    [InlineData(1, 0.1f, 0.05)]
    [InlineData(2, 0.001f, 0.05)]
    [InlineData(49, 0.05f, 0.05)]
    [InlineData(49, 0.05f, 0.02)]
    [InlineData(196, 0.02f, 0.1)]
    [InlineData(513, 0.2f, 0.05)]
    [InlineData(1024, 0.001f, 0.05)]
    public void The_error_bound_holds(int columns, float scoreScale, double outputScale)
    {
        Quantization y = Quantization.PerTensor(outputScale, -20);
        Tensor q = RandomTensor.I8(random, 1, 40, 6), k = RandomTensor.I8(random, 1, columns, 6), v = RandomTensor.I8(random, 1, columns, 5);
        var node = new QuantizedNode(new Attention(true, 0.4f, scoreScale, 2, Activation.None), [(q, Query), (k, Key), (v, Value)], y);
        var kernel = Assert.IsType<AttentionKernel>(node.Kernel());
        AccumulatorRange.Prove(kernel, ElementType.I8);
        double bound = RoundingError.Of(kernel)!.Value;
        Tensor scores = new QuantizedNode(
            new MatMul(true, Activation.None), [(q, Query), (k, Key)], Quantization.PerTensor(scoreScale / 0.4f, 2)).Run(), actual = node.Run();
        for (int r = 0; r < 40; r++)
        {
            double[] weights = [.. Enumerable.Range(0, columns).Select(c => Math.Exp(scoreScale * scores.Integer(r * columns + c)))];
            double sum = weights.Sum();
            for (int i = 0; i < 5; i++)
            {
                double mean = Enumerable.Range(0, columns).Sum(c => weights[c] * Value.Scale * (v.Integer(c * 5 + i) - Value.Zero)) / sum;
                double ideal = Math.Clamp(mean / y.Scale + y.Zero, sbyte.MinValue, sbyte.MaxValue);
                Assert.InRange(Math.Abs(actual.Integer(r * 5 + i) - ideal), 0, bound);
            }
        }
    }

    [Theory]
    [InlineData(RoundingProfile.Single, 0.02f, 0.04, 1f)]
    [InlineData(RoundingProfile.Single, 0.3f, 0.002, -0.5f)]
    [InlineData(RoundingProfile.Single, 1e-4f, 0.5, 1f)]
    [InlineData(RoundingProfile.Onnx, 0.02f, 0.04, 1f)]
    [InlineData(RoundingProfile.Tflite, 0.02f, 0.04, 1f)]
    [InlineData(RoundingProfile.Truncate, 0.02f, 0.04, 1f)]
    public void Scores_and_what_is_added_to_them_round_once(RoundingProfile profile, float scoreScale, double biasScale, float biasFactor)
    {
        const int Columns = 37;
        Quantization y = Quantization.PerTensor(0.05, -20), bias = Quantization.PerTensor(biasScale, 100);
        Tensor q = RandomTensor.I8(random, 4, 6, 6), k = RandomTensor.I8(random, 4, Columns, 6), v = RandomTensor.I8(random, 4, Columns, 5), added = RandomTensor.I8(random, 2, 6, Columns);
        var node = new QuantizedNode(
            new Attention(true, 0.05f, scoreScale, 2, Activation.None, biasFactor, 2), [(q, Query), (k, Key), (v, Value), (added, bias)], y)
        { Rounding = profile };
        var kernel = Assert.IsType<AttentionKernel>(node.Kernel());
        AccumulatorRange.Prove(kernel, ElementType.I8);
        double bound = RoundingError.Of(kernel)!.Value, down = profile == RoundingProfile.Truncate ? 0.5 : 0;
        Tensor actual = node.Run();
        for (int row = 0; row < 4 * 6; row++)
        {
            int batch = row / 6, matrix = batch / 2;
            var scores = new double[Columns];
            for (int c = 0; c < Columns; c++)
            {
                double sum = Enumerable.Range(0, 6).Sum(i => (q.Integer(row * 6 + i) - Query.Zero) * (double)(k.Integer((batch * Columns + c) * 6 + i) - Key.Zero));
                double real = sum * Query.Scale * Key.Scale * 0.05f + biasFactor * biasScale * (added.Integer((matrix * 6 + row % 6) * Columns + c) - bias.Zero);
                // Ties, and what the multiplier's last bit decides, are no matter of this test: the weight of both neighbours is looked at.
                scores[c] = Math.Clamp(real / scoreScale + 2 - down, sbyte.MinValue, sbyte.MaxValue);
            }

            for (int i = 0; i < 5; i++)
            {
                (double low, double high) = Reach(scores, scoreScale, c => Value.Scale * (v.Integer((batch * Columns + c) * 5 + i) - Value.Zero) / y.Scale);
                double ideal = actual.Integer(row * 5 + i) - y.Zero;
                Assert.InRange(ideal, Math.Clamp(low - bound, -108, 147), Math.Clamp(high + bound, -108, 147));
            }
        }
    }

    // The least and the greatest weighted mean where each score may be the integer below or above, if it lies so near the middle that rounding may
    // take it either way.
    private static (double Low, double High) Reach(double[] scores, double scale, Func<int, double> value)
    {
        const double Near = 0.02;
        double[] least = [.. scores.Select(score => Math.Exp(scale * Math.Round(score - Near)))], most = [.. scores.Select(score => Math.Exp(scale * Math.Round(score + Near)))];
        double mean = Mean(c => least[c]), low = mean, high = mean;
        for (int pass = 0; pass < 3; pass++)
        {
            double above = high, below = low;
            high = Math.Max(high, Mean(c => value(c) > above ? most[c] : least[c]));
            low = Math.Min(low, Mean(c => value(c) < below ? most[c] : least[c]));
        }

        return (low, high);

        double Mean(Func<int, double> weight) =>
            Enumerable.Range(0, scores.Length).Sum(c => weight(c) * value(c)) / Enumerable.Range(0, scores.Length).Sum(weight);
    }

    [Theory]
    [InlineData(1e-5, 0.7)]
    [InlineData(0.3, -1e-6)]
    [InlineData(1e-12, 3)]
    [InlineData(1e-4, 40000)]
    public void Both_ratios_of_biased_scores_have_one_shift(double ratio, double biasRatio)
    {
        (IntegerFinish finish, int multiplier) = FixedPoint.Biased(ratio, biasRatio, 3, -128, 127, RoundingProfile.Single)!.Value;
        int shift = finish.Shifts.Span<byte>()[0];
        Assert.InRange(Math.Abs(Math.ScaleB(finish.Multipliers.Span<int>()[0], -shift) - ratio), 0, Math.Max(ratio * Math.ScaleB(1, -16), Math.ScaleB(1, -shift - 1)));
        Assert.InRange(Math.Abs(Math.ScaleB(multiplier, -shift) - biasRatio), 0, Math.ScaleB(1, -shift - 1));
    }

    [Fact]
    public void In_float_a_bias_is_given_to_neighbouring_batches()
    {
        Tensor q = Tensor.Zeros(ElementType.F32, [2, 2, 1, 1]), k = Tensor.Zeros(ElementType.F32, [2, 2, 2, 1]);
        Tensor v = Tensor.Of<float>([2, 2, 2, 1], [0, 1, 0, 1, 0, 1, 0, 1]), bias = Tensor.Of<float>([2, 1, 2], [0, 50, 50, 0]);
        Tensor y = new Attention(true, 1, 1, 0, Activation.None, -1, 2).Evaluate(new([q, k, v, bias], 1))[0];
        Assert.Equal([0, 0, 1, 1], y.Span<float>().ToArray().Select(value => MathF.Round(value, 4)));
    }

    [Fact]
    public void The_bound_is_a_step_for_the_rows_of_vision_transformers()
    {
        var node = new QuantizedNode(
            new Attention(true, 1, 0.05f, 0, Activation.None),
            [(RandomTensor.I8(random, 1, 4, 8), Query), (RandomTensor.I8(random, 1, 64, 8), Key), (RandomTensor.I8(random, 1, 64, 8), Value)], Quantization.PerTensor(0.05, 0));
        Assert.InRange(RoundingError.Of(node.Kernel())!.Value, 0.5, 0.8);
    }

    [Fact]
    public void What_it_cannot_do_is_a_diagnostic()
    {
        Tensor one = RandomTensor.I8(random, 1, 2, 2);
        (Tensor, Quantization?)[] operands = [(one, Query), (one, Key), (one, Value)];
        var op = new Attention(true, 1, 0.05f, 0, Activation.None);
        Assert.Equal("EC3002", Code(new(op, operands, Quantization.PerTensor(1e-8, 0))));
        Assert.Equal("EC3002", Code(new(op with { BiasFactor = 1e12f }, [.. operands, (one, Query)], Value)));
        Assert.Equal("EC2001", Code(new(op with { BiasRepeat = 2 }, [.. operands, (one, Query)], Value)));
        Tensor real = Tensor.Of<float>([1, 2, 2], [1, 2, 3, 4]);
        Assert.Equal("EC4001", Code(new(op, [(real, null), (real, null), (real, null)], null)));
        static string Code(QuantizedNode node) => Assert.Throws<OperatorException>(() => node.Kernel()).Code;
    }
}
