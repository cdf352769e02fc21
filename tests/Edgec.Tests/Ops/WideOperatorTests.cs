using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Operators on 16-bit activations against real arithmetic on the same integers, in steps of the result.</summary>
public sealed class WideOperatorTests
{
    // Rounding, 2^-24 of 32767 for a multiplier, and what single precision adds on the other side.
    private const double Once = 0.6;

    private static readonly Quantization X = Quantization.PerTensor(4 / 32767.0, 0);

    /// <summary>Every input there is.</summary>
    private static readonly Tensor All = Tensor.Of([65536], Enumerable.Range(short.MinValue, 65536).Select(v => (short)v).ToArray());

    [Theory]
    [InlineData(UnaryFunction.Sigmoid, 8, 1)]
    [InlineData(UnaryFunction.Sigmoid, 60, 1)]
    [InlineData(UnaryFunction.Tanh, 5, 1)]
    [InlineData(UnaryFunction.Erf, 4, 1)]
    [InlineData(UnaryFunction.Exponential, 3, 20)]
    [InlineData(UnaryFunction.SquareRoot, 9, 3)]
    [InlineData(UnaryFunction.Reciprocal, 9, 6)]
    [InlineData(UnaryFunction.LeakyRelu, 6, 6)]
    [InlineData(UnaryFunction.Absolute, 6, 6)]
    [InlineData(UnaryFunction.HardSigmoid, 8, 1)]
    [InlineData(UnaryFunction.HardSwish, 8, 8)]
    [InlineData(UnaryFunction.Gelu, 10, 10)]
    [InlineData(UnaryFunction.Gelu, 10, 2)]
    [InlineData(UnaryFunction.GeluTanh, 6, 6)]
    [InlineData(UnaryFunction.Swish, 12, 12)]
    [InlineData(UnaryFunction.Softplus, 9, 9)]
    [InlineData(UnaryFunction.Mish, 7, 7)]
    [InlineData(UnaryFunction.Floor, 7, 7)]
    public void Functions_stay_within_their_bound_on_every_input(UnaryFunction function, double reach, double result)
    {
        const double Bound = 1.5;
        var op = new Unary(function, function == UnaryFunction.HardSigmoid ? 0.2f : function == UnaryFunction.Swish ? 1 : 0.1f, 0.5f);
        Quantization x = Quantization.PerTensor(reach / 32767, 0), y = Quantization.PerTensor(result / 32767, 0);
        var node = new QuantizedNode(op, [(All, x)], y) { Element = ElementType.I16 };
        double told = node.Kernel() is MapKernel { Step: var step } ? step switch
        {
            CurveStep s => s.WorstError,
            ReluDeltaStep s => s.WorstError,
            _ => double.NaN,
        } : double.NaN;
        Tensor actual = node.Run();
        double worst = 0;
        for (int i = 0; i < All.Count; i++)
        {
            double real = FloatFunctions.Apply(function, x.Scale * All.Integer(i), op.Alpha, op.Beta);
            if (!double.IsNaN(real))
                worst = Math.Max(worst, Math.Abs(actual.Integer(i) - Math.Clamp(real / y.Scale, short.MinValue, short.MaxValue)));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{function} over ±{reach}: {worst:f3} steps, {node.Kernel().Constants.First().Value}");
        Assert.InRange(worst, 0, Bound);
        Assert.InRange(told, worst - 1e-6, Bound);
    }

    [Fact]
    public void A_clip_is_one_requantization()
    {
        var node = new QuantizedNode(new Unary(UnaryFunction.Clip, 0, 2.5f), [(All, X)], Quantization.PerTensor(3 / 32767.0, 0)) { Element = ElementType.I16 };
        Assert.IsType<RescaleStep>(((MapKernel)node.Kernel()).Step);
        Assert.InRange(node.WorstError(), 0, Once);
    }

    [Theory]
    [InlineData(BinaryFunction.Add)]
    [InlineData(BinaryFunction.Subtract)]
    [InlineData(BinaryFunction.Multiply)]
    public void Two_operands_round_once(BinaryFunction function)
    {
        var node = new QuantizedNode(
            new Binary(function, new(-3, 2)), [(Draw(1, 40, 50), X), (Draw(2, 50), Quantization.PerTensor(0.7 / 32767, 0))], Quantization.PerTensor(5 / 32767.0, 0))
        { Element = ElementType.I16 };
        Assert.InRange(node.WorstError(), 0, Once);
    }

    [Fact]
    public void Products_round_once()
    {
        Quantization w = Quantization.PerTensor(0.01, 0), y = Quantization.PerTensor(20 / 32767.0, 0);
        Tensor weights = Tensor.Of([6, 30], Enumerable.Range(0, 180).Select(i => (sbyte)(i * 37 % 255 - 127)).ToArray());
        var dense = new QuantizedNode(new MatMul(true, Activation.None), [(Draw(3, 9, 30), X), (weights, w)], y, 1) { Element = ElementType.I16 };
        var dynamic = new QuantizedNode(new MatMul(false, Activation.None), [(Draw(4, 9, 30), X), (Draw(5, 30, 7), X)], Quantization.PerTensor(40 / 32767.0, 0)) { Element = ElementType.I16 };
        Assert.InRange(dense.WorstError(), 0, Once);
        Assert.InRange(dynamic.WorstError(), 0, Once);
    }

    [Fact]
    public void Means_round_once()
    {
        var mean = new QuantizedNode(new Reduce(ReduceFunction.Mean, [1], true), [(Draw(6, 5, 49, 3), X)], Quantization.PerTensor(1 / 32767.0, 0)) { Element = ElementType.I16 };
        Assert.InRange(mean.WorstError(), 0, Once);
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(49, 8)]
    [InlineData(196, 30)]
    [InlineData(196, 0.5)]
    public void Softmax_stays_within_its_bound(int length, double reach)
    {
        Quantization x = Quantization.PerTensor(reach / 32767, 0), y = Quantization.PerTensor(1 / 32767.0, 0);
        Tensor scores = Draw(length, 50, length);
        Tensor actual = new QuantizedNode(new Softmax(1, false), [(scores, x)], y) { Element = ElementType.I16 }.Run();
        // Rounding, the truncated reciprocal, and exponentials within 0.8 of exact, that of the maximum being exact.
        double bound = 0.5 + 32767 / 32768.0 + 0.8 * (length - 1), worst = 0;
        for (int row = 0; row < 50; row++)
        {
            double[] exact = [.. Enumerable.Range(0, length).Select(i => Math.Exp(x.Scale * scores.Integer(row * length + i)))];
            for (int i = 0; i < length; i++)
                worst = Math.Max(worst, Math.Abs(actual.Integer(row * length + i) - 32767 * exact[i] / exact.Sum()));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"rows of {length}, scores within ±{reach}: {worst:f3} steps of 1/32767, at most {bound:f1}");
        Assert.InRange(worst, 0, bound);
    }

    [Fact]
    public void Exponentials_are_within_their_bound_at_every_distance()
    {
        double worst = 0;
        foreach (double scale in (double[])[1e-5, 1.3e-4, 3e-3, 0.1])
        {
            var kernel = (RowNormKernel)new QuantizedNode(new Softmax(0, false), [(Draw(1, 4), Quantization.PerTensor(scale, 0))], Quantization.PerTensor(1 / 32767.0, 0))
            { Element = ElementType.I16 }.Kernel();
            var step = (WideSoftmaxStep)kernel.Step;
            ReadOnlySpan<int> powers = step.Powers.Span<int>();
            for (int distance = 0; distance < 65536; distance++)
            {
                int position = Edgec.Runtime.Arithmetic.Softmax.ExponentPosition(distance, step.Multiplier, step.Shift), at = (position >> 11) & 127;
                int exponential = Edgec.Runtime.Arithmetic.Softmax.Exponential(powers[at], powers[at + 1], position);
                worst = Math.Max(worst, Math.Abs(exponential - 32767 * Math.Exp(-scale * distance)));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"exponentials within {worst:f3} of exact");
        Assert.InRange(worst, 0.4, 0.8);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0.001)]
    [InlineData(1e5)]
    public void Quotients_round_once(double reach)
    {
        Quantization y = Quantization.PerTensor(reach / 32767, 0);
        Tensor a = Draw(7, 3000), b = Draw(8, 3000);
        b.Span<short>()[0] = short.MinValue;
        var node = new QuantizedNode(new Binary(BinaryFunction.Divide, Activation.None), [(a, X), (b, X)], y) { Element = ElementType.I16 };
        double bound = RoundingError.Of(node.Kernel())!.Value;
        Tensor actual = node.Run();
        for (int i = 0; i < a.Count; i++)
        {
            double divisor = b.Integer(i) == 0 ? 0.5 : b.Integer(i);
            Assert.InRange(Math.Abs(actual.Integer(i) - Math.Clamp(a.Integer(i) / divisor / y.Scale, short.MinValue, short.MaxValue)), 0, bound);
        }
    }

    [Theory]
    [InlineData(1e-7)] // the multiplier fills 31 bits
    [InlineData(1e-12)] // and then saturates
    public void Quotients_far_beyond_the_result_saturate(double scale)
    {
        Tensor a = Tensor.Of<short>([4], [1, -1, 0, 700]), b = Tensor.Of<short>([4], [32767, 32767, 5, -32768]);
        var node = new QuantizedNode(
            new Binary(BinaryFunction.Divide, Activation.None), [(a, Quantization.PerTensor(0.01, 0)), (b, Quantization.PerTensor(0.01, 0))], Quantization.PerTensor(scale, 0))
        { Element = ElementType.I16 };
        long one = (long)Math.Round(1 / 32767.0 / scale);
        Assert.Equal([Math.Min(one, short.MaxValue), Math.Max(-one, short.MinValue), 0, short.MinValue], node.Run().Integers());
    }

    [Theory]
    [InlineData(0.25, 4)]
    [InlineData(3, 12)]
    [InlineData(1e-9, 4)]
    public void Parametric_relus_round_once(double slopes, double reach)
    {
        Quantization y = Quantization.PerTensor(reach / 32767, 0), b = Quantization.PerTensor(slopes / 32767, 0);
        Tensor slope = Draw(9, 65536);
        var node = new QuantizedNode(new Binary(BinaryFunction.Prelu, new(-3, 2)), [(All, X), (slope, b)], y) { Element = ElementType.I16 };
        double bound = RoundingError.Of(node.Kernel())!.Value;
        Tensor actual = node.Run();
        for (int i = 0; i < All.Count; i++)
        {
            double x = X.Scale * All.Integer(i), real = Math.Clamp(x < 0 ? x * b.Scale * slope.Integer(i) : x, -3, 2) / y.Scale;
            Assert.InRange(Math.Abs(actual.Integer(i) - real), 0, bound + 0.5); // bounds are rounded too
            if (real > -3 / y.Scale + 1 && real < 2 / y.Scale - 1)
                Assert.InRange(Math.Abs(actual.Integer(i) - real), 0, bound);
        }
    }

    [Theory]
    [InlineData(2, 8, 16)]
    [InlineData(2, 0.001, 0.7)]
    [InlineData(49, 8, 16)]
    [InlineData(300, 30, 40)]
    [InlineData(1000, 0.5, 10)]
    public void Logarithms_of_softmax_stay_within_their_bound(int length, double reach, double result)
    {
        Quantization x = Quantization.PerTensor(reach / 32767, 0), y = Quantization.PerTensor(result / 32767, 0);
        Tensor scores = Draw(length, 50, length);
        var node = new QuantizedNode(new Softmax(1, Logarithm: true), [(scores, x)], y) { Element = ElementType.I16 };
        double bound = RoundingError.Of(node.Kernel())!.Value, worst = 0;
        Tensor actual = node.Run();
        for (int row = 0; row < 50; row++)
        {
            double[] exact = [.. Enumerable.Range(0, length).Select(i => x.Scale * scores.Integer(row * length + i))];
            double sum = Math.Log(exact.Sum(Math.Exp));
            for (int i = 0; i < length; i++)
                worst = Math.Max(worst, Math.Abs(actual.Integer(row * length + i) - Math.Clamp((exact[i] - sum) / y.Scale, short.MinValue, short.MaxValue)));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"rows of {length}, scores within ±{reach}: {worst:f3} steps of {result}/32767, at most {bound:f2}");
        Assert.InRange(worst, 0.3, bound);
    }

    [Fact]
    public void A_zero_point_is_refused()
    {
        var node = new QuantizedNode(new Unary(UnaryFunction.Tanh), [(All, Quantization.PerTensor(0.001, 3))], X) { Element = ElementType.I16 };
        Assert.Equal("EC3005", Assert.Throws<OperatorException>(node.Kernel).Code);
    }

    private static Tensor Draw(int seed, params int[] extents)
    {
        var random = new Random(seed);
        Shape shape = Shape.Create(extents);
        return Tensor.Of(shape, Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1)).ToArray());
    }
}
