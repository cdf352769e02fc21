using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Integer kernels stay within a rounding of real arithmetic on the same integers.</summary>
public sealed class QuantizedOperatorTests
{
    /// <summary>Half a step for the rounding, and what 15 or 16 bits of a multiplier leave over.</summary>
    private const double OneRounding = 0.52;

    private readonly Random random = new(5);

    private static readonly Activation Six = new(0, 6);

    [Theory]
    [InlineData(BinaryFunction.Add, 0.02, 0.03, 0.05)]
    [InlineData(BinaryFunction.Add, 0.5, 0.0001, 0.4)]
    [InlineData(BinaryFunction.Subtract, 0.02, 0.03, 0.05)]
    [InlineData(BinaryFunction.Subtract, 0.001, 0.2, 0.3)]
    [InlineData(BinaryFunction.Multiply, 0.02, 0.03, 0.06)]
    [InlineData(BinaryFunction.Multiply, 1, 2, 300)]
    [InlineData(BinaryFunction.Multiply, 1e6, 1, 1)]
    [InlineData(BinaryFunction.Add, 1e6, 1, 1)]
    [InlineData(BinaryFunction.Subtract, 31, 1e9, 1)]
    [InlineData(BinaryFunction.Prelu, 0.02, 0.002, 0.02)]
    [InlineData(BinaryFunction.Prelu, 0.5, 0.1, 0.03)]
    [InlineData(BinaryFunction.Prelu, 0.001, 4, 0.5)]
    [InlineData(BinaryFunction.Maximum, 0.02, 0.02, 0.02)]
    [InlineData(BinaryFunction.Minimum, 0.02, 0.02, 0.02)]
    public void Two_operands_round_once(BinaryFunction function, double scaleA, double scaleB, double scaleY)
    {
        Quantization a = Scale(scaleA, 5), b = Scale(scaleB, function is BinaryFunction.Maximum or BinaryFunction.Minimum ? 5 : -7), y = Scale(scaleY, function is BinaryFunction.Maximum or BinaryFunction.Minimum ? 5 : 3);
        foreach (Activation activation in new[] { Activation.None, Six })
        {
            var node = new QuantizedNode(new Binary(function, activation), [(I8(2, 3, 40), a), (I8(3, 1), b)], y);
            double bound = RoundingError.Of(Assert.IsType<MapKernel>(node.Kernel()))!.Value;
            Assert.InRange(node.WorstError(), 0, bound + 1e-4); // the real side is single precision
        }
    }

    [Theory]
    [InlineData(0.02, 0.03, 0.05)]
    [InlineData(0.02, 0.03, 1e-7)]
    [InlineData(1e-6, 1, 1)]
    public void Quotients_round_once(double scaleA, double scaleB, double scaleY)
    {
        sbyte[] divisors = [.. Enumerable.Range(-128, 256).Where(q => q != -7).Select(q => (sbyte)q)];
        foreach (Activation activation in new[] { Activation.None, Six })
        {
            var node = new QuantizedNode(
                new Binary(BinaryFunction.Divide, activation), [(I8(20, 255), Scale(scaleA, 5)), (Tensor.Of([255], divisors), Scale(scaleB, -7))], Scale(scaleY, 3));
            Assert.IsType<MapKernel>(node.Kernel());
            Assert.InRange(node.WorstError(), 0, 0.501);
        }

        // A divisor of 0 stands for half a step.
        var zero = new QuantizedNode(
            new Binary(BinaryFunction.Divide, Activation.None), [(Tensor.Of<sbyte>([3], [6, 5, 4]), Scale(1, 5)), (Tensor.Of<sbyte>([3], [-7, -7, -7]), Scale(0.5, -7))], Scale(1, 3));
        Assert.Equal<long>([7, 3, -1], zero.Run().Integers());
    }

    [Fact]
    public void Multipliers_of_a_sum_have_fifteen_bits()
    {
        var step = (AddStep)((MapKernel)new QuantizedNode(
            new Binary(BinaryFunction.Subtract, Activation.None), [(I8(4), Scale(0.3, 0)), (I8(4), Scale(0.01, 0))], Scale(0.2, 0)).Kernel()).Step;
        Assert.InRange(step.MultiplierA, 16384, 32767);
        Assert.InRange(step.MultiplierB, -16384, -1);
    }

    [Theory]
    [InlineData(BinaryFunction.Add)]
    [InlineData(BinaryFunction.Subtract)]
    [InlineData(BinaryFunction.Multiply)]
    [InlineData(BinaryFunction.Divide)]
    public void A_scalar_constant_makes_a_table(BinaryFunction function)
    {
        var node = new QuantizedNode(new Binary(function, Six), [(All(), Scale(0.05, 10)), (Tensor.Scalar(2.5f), null)], Scale(0.06, -100), 1);
        Assert.IsType<TableKernel>(node.Kernel());
        Assert.InRange(node.WorstError(), 0, 0.5001);
        var quantized = new QuantizedNode(new Binary(function, Six), [(Tensor.Of<sbyte>([1], [127]), Scale(0.02, 27)), (All(), Scale(0.05, 10))], Scale(0.06, -100), 0);
        Assert.IsType<TableKernel>(quantized.Kernel());
        if (function != BinaryFunction.Divide) // a quotient by 0 has no real value to compare with
            Assert.InRange(quantized.WorstError(), 0, 0.5001);
    }

    [Fact]
    public void Every_unary_function_is_a_table_rounded_once()
    {
        foreach (UnaryFunction function in Enum.GetValues<UnaryFunction>())
        {
            Unary op = function == UnaryFunction.Clip ? Unary.Relu : new(function, 0.7f, 0.3f);
            var node = new QuantizedNode(op, [(All(), Scale(0.013, 0))], Scale(0.02, 1));
            Tensor y = node.Run();
            for (int i = 0; i < 256; i++)
            {
                double real = FloatFunctions.Apply(function, 0.013 * (i - 128), op.Alpha, op.Beta);
                double ideal = double.IsNaN(real) ? 1 : Math.Clamp(Math.Round(real / 0.02) + 1, -128, 127);
                Assert.True(y.Integer(i) == (long)ideal, $"{function} of {0.013 * (i - 128)} is {y.Integer(i)}, not {ideal}");
            }
        }
    }

    [Fact]
    public void Weights_have_a_scale_for_each_column()
    {
        var weights = Quantization.PerChannel(0, [0.01, 0.002, 0.3]);
        Quantization x = Scale(0.04, 12);
        var bias = Quantization.PerChannel(0, [0.0004, 0.00008, 0.012]);
        (Tensor, Quantization?)[] operands = [(I8(2, 5, 16), x), (I8(3, 16), weights), (RandomTensor.I32(random, 3000, 3), bias)];
        var node = new QuantizedNode(new MatMul(true, Activation.Relu), operands, Scale(0.5, -20), 1, 2);
        Assert.NotNull(((MatmulKernel)node.Kernel()).Weights);
        Assert.InRange(node.WorstError(), 0, OneRounding);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void Both_sides_of_a_product_may_change(bool transposed, int batch)
    {
        Tensor right = transposed ? I8(batch, 6, 16) : I8(batch, 16, 6);
        var node = new QuantizedNode(new MatMul(transposed, Activation.None), [(I8(2, 5, 16), Scale(0.04, 12)), (right, Scale(0.03, -9))], Scale(0.2, 4));
        Assert.Null(((MatmulKernel)node.Kernel()).Weights);
        Assert.InRange(node.WorstError(), 0, OneRounding);
    }

    [Theory]
    [InlineData(ReduceFunction.Mean, 0.02, 0.01)]
    [InlineData(ReduceFunction.Sum, 0.02, 0.3)]
    [InlineData(ReduceFunction.Maximum, 0.02, 0.02)]
    [InlineData(ReduceFunction.Minimum, 0.02, 0.02)]
    public void Reductions_round_once(ReduceFunction function, double from, double to)
    {
        foreach (int[] axes in new int[][] { [1, 2], [0], [3], [0, 1, 2, 3] })
        {
            var node = new QuantizedNode(new Reduce(function, [.. axes], true), [(I8(2, 7, 7, 5), Scale(from, 9))], Scale(to, 9));
            Assert.InRange(node.WorstError(), 0, OneRounding);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Softmax_is_within_a_step_of_exact(int axis)
    {
        var node = new QuantizedNode(new Softmax(axis, false), [(I8(3, 10, 4), Scale(0.05, 3))], Scale(1 / 255.0, -128));
        Assert.InRange(node.WorstError(), 0, RoundingError.Of(node.Kernel())!.Value);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Indices_are_those_of_the_integers(bool maximum, bool last)
    {
        Tensor x = Tensor.Of([5, 40, 3], [.. Enumerable.Range(0, 600).Select(_ => (sbyte)random.Next(-9, 9))]); // with ties
        var op = new ArgExtremum(maximum, 1, KeepDims: true, last);
        Tensor expected = op.Evaluate(new([x], 1))[0];
        foreach (Tensor operand in (Tensor[])[x, x.ToF32()])
        {
            Graph graph = new(
                "indices", Level.Quantized, ["x"], ["y"], [new("y", op, ["x"], ["y"], Origin.Of("node"))], ImmutableDictionary<string, Tensor>.Empty,
                ImmutableDictionary<string, TensorType>.Empty.Add("x", new(operand.Element, x.Shape, operand == x ? Scale(0.1, 3) : null)).Add("y", new(ElementType.I64, expected.Shape)));
            var lowered = (KernelLowered)op.Lower(new(graph, graph.Nodes[0]));
            Assert.Equal(expected.Integers(), KernelRunner.Run(lowered.Kernel, [operand], ElementType.I64, expected.Shape).Integers());
        }
    }

    [Theory]
    [InlineData(0.05, 0.05)]
    [InlineData(0.3, 0.2)]
    [InlineData(0.001, 0.01)]
    [InlineData(2, 4)]
    public void Logarithms_of_softmax_round_once(double from, double to)
    {
        foreach (int length in (int[])[1, 2, 10, 300])
        {
            var node = new QuantizedNode(new Softmax(1, Logarithm: true), [(I8(20, length), Scale(from, 3))], Scale(to, 100));
            double bound = RoundingError.Of(node.Kernel())!.Value;
            Assert.InRange(bound, 0.5, 0.5 + length / (60000 * to) + 0.01);
            Assert.InRange(node.WorstError(), 0, bound + 1e-3); // the real side is single precision
        }
    }

    [Theory]
    [InlineData(0.005)]
    [InlineData(0.05)]
    [InlineData(0.5)]
    public void Every_softmax_of_two_stays_within_the_bound(double scale)
    {
        var scores = new sbyte[2 * 65536];
        for (int i = 0; i < scores.Length; i++)
            scores[i] = (sbyte)(i % 2 == 0 ? i / 2 : i / 512);
        (Tensor, Quantization?)[] operands = [(Tensor.Of([65536, 2], scores), Scale(scale, 0))];
        foreach ((bool logarithm, Quantization y) in new[] { (false, Scale(1 / 255.0, -128)), (true, Scale(scale / 2, 127)) })
        {
            var node = new QuantizedNode(new Softmax(1, logarithm), operands, y);
            Assert.InRange(node.WorstError(), 0, RoundingError.Of(node.Kernel())!.Value + 1e-3);
        }
    }

    [Fact]
    public void Quantize_dequantize_and_rescale_convert()
    {
        Tensor x = RandomTensor.F32(random, 100);
        Assert.InRange(new QuantizedNode(new Edgec.Ops.Quantize(), [(x, null)], Scale(0.02, 3)).WorstError(), 0, 0.5001);
        Tensor back = new QuantizedNode(new Dequantize(), [(Tensor.Of<sbyte>([2], [-128, 103]), Scale(0.5, 3))], null).Run();
        Assert.Equal([-65.5f, 50f], back.Span<float>().ToArray());
        Assert.InRange(new QuantizedNode(new Rescale(Activation.None), [(All(), Scale(0.02, 3))], Scale(0.03, -5)).WorstError(), 0, 0.5001);
    }

    [Fact]
    public void Scales_out_of_reach_are_diagnostics()
    {
        Assert.Equal("EC3002", Code(new(new Binary(BinaryFunction.Add, Activation.None), [(I8(4), Scale(1e6, 0)), (I8(4), Scale(100, 0))], Scale(1, 0))));
        Assert.Equal("EC3002", Code(new(new Binary(BinaryFunction.Multiply, Activation.None), [(I8(4), Scale(1e-9, 0)), (I8(4), Scale(1e-6, 0))], Scale(1, 0))));
        Assert.Equal("EC3003", Code(new(new Binary(BinaryFunction.Maximum, Activation.None), [(I8(4), Scale(1, 0)), (I8(4), Scale(2, 0))], Scale(1, 0))));
        Assert.Equal("EC3003", Code(new(new Reduce(ReduceFunction.Maximum, [0], true), [(I8(4), Scale(1, 0))], Scale(2, 0))));
        Assert.Equal("EC3004", Code(new(new Softmax(0, false), [(I8(4), Scale(1, 0))], Scale(2, 0))));
        Assert.Equal("EC4002", Code(new(new Binary(BinaryFunction.Power, Activation.None), [(I8(4), Scale(1, 0)), (I8(4), Scale(2, 0))], Scale(1, 0))));
        Assert.Equal("EC4004", Code(new(new Binary(BinaryFunction.Add, Activation.None), [(I8(4), null), (I8(4), null)], null)));
    }

    private static string Code(QuantizedNode node) => Assert.Throws<OperatorException>(node.Run).Code;

    private static Quantization Scale(double scale, int zero) => Quantization.PerTensor(scale, zero);

    private Tensor I8(params int[] extents) => RandomTensor.I8(random, extents);

    private static Tensor All() => Tensor.Of([256], [.. Enumerable.Range(-128, 256).Select(q => (sbyte)q)]);
}
