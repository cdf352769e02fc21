using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>QuantizeLinear and DequantizeLinear against ONNX Runtime, and what they become together.</summary>
public sealed class LinearQuantizationTests
{
    private static readonly Tensor X = Tensor.Of<float>([2, 3], [-1.25f, 0.25f, 0.75f, 40f, -33f, 1.5f]);

    [Fact]
    public void Quantizes_as_onnx_runtime_does()
    {
        Quantize(13, X, Scalar(0.5f), Tensor.Scalar((byte)7)).Check();
        Quantize(13, X, Scalar(0.1f), Tensor.Scalar((sbyte)-3)).Check();
        Quantize(13, X, Scalar(0.3f)).Check();
        Quantize(13, X, Floats(0.5f, 0.25f, 0.01f), Tensor.Of<byte>([3], [0, 7, 255])).Check();
        Quantize(13, X, Floats(0.5f, 0.25f), Tensor.Of<sbyte>([2], [0, -128])).With("axis", -2L).Check();
        Quantize(21, X, Scalar(0.001f), Tensor.Scalar((ushort)32768)).Check();
        Quantize(21, X, Scalar(0.001f), Tensor.Scalar((short)-5)).Check();
        Quantize(21, X, Scalar(0.001f)).With("output_dtype", 5L).Check();
    }

    [Fact]
    public void Dequantizes_as_onnx_runtime_does()
    {
        Tensor bytes = Tensor.Of<byte>([2, 3], [0, 1, 127, 128, 200, 255]), signed = Tensor.Of<sbyte>([2, 3], [-128, -1, 0, 1, 2, 127]);
        Dequantize(13, bytes, Scalar(0.1f), Tensor.Scalar((byte)128)).Check();
        Dequantize(13, signed, Scalar(0.3f)).Check();
        Dequantize(13, signed, Floats(0.1f, 0.2f), Tensor.Of<sbyte>([2], [1, -1])).With("axis", 0L).Check();
        Dequantize(13, Tensor.Of<int>([3], [int.MinValue, 16777217, int.MaxValue]), Scalar(1e-3f)).Check();
        new OperatorCase("DequantizeLinear", 13).Input(bytes).Constant(Scalar(0.1f)).EvaluatesOnly().Check();
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Refuses_a_scale_that_is_no_positive_number(float scale)
    {
        Assert.Equal("EC2001", Quantize(13, X, Scalar(scale), Tensor.Scalar((byte)0)).Fails());
        Assert.Equal("EC2001", Dequantize(13, Tensor.Of<sbyte>([1], [1]), Scalar(scale)).Fails());
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        Tensor signed = Tensor.Of<sbyte>([2, 3], [-128, -1, 0, 1, 2, 127]);
        Assert.Equal("EC2001", Dequantize(13, signed, Floats(0.1f, 0.2f)).Fails()); // axis 1 has three
        Assert.Equal("EC2001", Dequantize(13, signed, Floats(0.1f, 0.2f)).With("axis", 1L << 40).Fails());
        Assert.Equal("EC2001", Dequantize(13, signed, Scalar(0.1f), Tensor.Scalar((byte)3)).Fails()); // another type
        Assert.Equal("EC2001", Dequantize(13, signed, Floats(0.1f, 0.2f, 1f), Tensor.Scalar((sbyte)3)).Fails()); // one zero point for three
        Assert.Equal("EC2001", Dequantize(13, X, Scalar(0.1f)).Fails());
        Assert.Equal("EC2001", Quantize(13, signed, Scalar(0.1f)).Fails());
        Assert.Equal("EC2002", Quantize(13, X, Scalar(0.1f), Tensor.Scalar(3L)).Fails()); // no type to quantize to
        Assert.Equal("EC2002", Quantize(21, X, Scalar(0.1f)).With("output_dtype", 17L).Fails()); // an 8-bit float
        Assert.Equal("EC2002", Quantize(21, X, Floats(0.1f, 0.2f, 1f)).With("block_size", 2L).Fails());
        Assert.Equal("EC2002", new OperatorCase("QuantizeLinear", 13).Input(X).Input(Scalar(0.1f)).Constant(Tensor.Scalar((byte)0)).Fails()); // a scale that changes
    }

    [Fact]
    public void Together_they_are_a_fake_quantize()
    {
        var y = Assert.IsType<FakeQuantize>(Pair("", X).Nodes.Single().Op);
        Assert.Equal(new FakeQuantize(Quantization.PerTensor(0.5, 7), 0, 255), y);
    }

    [Fact]
    public void Clips_of_integers_between_narrow_the_range()
    {
        var y = Assert.IsType<FakeQuantize>(Pair("clip", X).Nodes.Single().Op);
        Assert.Equal(new FakeQuantize(Quantization.PerTensor(0.5, 7), 3, 11), y);
    }

    [Fact]
    public void Moves_of_integers_between_stand_behind_it()
    {
        Graph graph = Pair("transpose", X);
        Assert.Equal(["fake-quantize", "transpose"], graph.Nodes.Select(node => node.Op.Name));
    }

    [Fact]
    public void Rounds_in_the_mode_it_names()
    {
        float[] halves = [-1.5f, -0.75f, -0.5f, 0.25f, 0.5f, 1.5f, 2.5f];
        Assert.Equal([-2, -1, 0, 0, 0, 2, 2], Rounded(RoundingMode.HalfEven, halves));
        Assert.Equal([-1, -1, 0, 0, 1, 2, 3], Rounded(RoundingMode.HalfUp, halves));
        Assert.Equal([-2, -1, -1, 0, 1, 2, 3], Rounded(RoundingMode.HalfAwayFromZero, halves));
        Assert.Equal([-1, -1, 0, 0, 0, 1, 2], Rounded(RoundingMode.HalfTowardZero, halves));
        Assert.Equal([-2, -1, -1, 0, 0, 1, 2], Rounded(RoundingMode.Floor, halves));
        Assert.Equal([-1, 0, 0, 1, 1, 2, 3], Rounded(RoundingMode.Ceiling, halves));
        Assert.Equal([-1, 0, 0, 0, 0, 1, 2], Rounded(RoundingMode.TowardZero, halves));
        Assert.Equal([-2, -1, -1, 1, 1, 2, 3], Rounded(RoundingMode.AwayFromZero, halves));
    }

    private static int[] Rounded(RoundingMode mode, float[] values)
    {
        Tensor x = Tensor.Of<float>([values.Length], values);
        Tensor y = new FakeQuantize(Quantization.PerTensor(1, 0), -100, 100, mode).Evaluate(new([x], 1))[0];
        return [.. y.Span<float>().ToArray().Select(value => (int)value)];
    }

    // x, quantized, perhaps clipped or transposed, and dequantized, in canonical form; its value must not have changed.
    private static Graph Pair(string between, Tensor x)
    {
        var constants = new Dictionary<string, Tensor>
        {
            ["s"] = Scalar(0.5f),
            ["z"] = Tensor.Scalar((byte)7),
            ["lo"] = Tensor.Scalar((byte)3),
            ["hi"] = Tensor.Scalar((byte)11),
        };
        Node Make(string output, Operator op, params string[] inputs) => new(output, op, [.. inputs], [output], Origin.Of(output));
        Node[] middle = between switch
        {
            "clip" => [Make("c", OpTable.FindOnnx("", "Clip")!.Read(new(new Dictionary<string, AttributeValue>(), 13)), "q", "lo", "hi")],
            "transpose" => [Make("c", new Transpose([1, 0]), "q")],
            _ => [],
        };
        var graph = new Graph(
            "pair", Level.Imported, ["x"], ["y"],
            [Make("q", new QuantizeLinear(), "x", "s", "z"), .. middle, Make("y", new DequantizeLinear(), middle.Length > 0 ? "c" : "q", "s", "z")],
            constants.ToImmutableDictionary(),
            constants.Append(new("x", x)).ToImmutableDictionary(pair => pair.Key, pair => new TensorType(pair.Value.Element, pair.Value.Shape)));
        var inputs = new Dictionary<string, Tensor> { ["x"] = x };
        Tensor expected = GraphEvaluator.Evaluate(graph, inputs)["y"];
        Graph canonical = Pipelines.Canonical.Run(graph, new PassContext("pair", new DiagnosticBag()));
        Assert.Equal(expected.Bytes.ToArray(), GraphEvaluator.Evaluate(canonical, inputs)["y"].Bytes.ToArray());
        return canonical;
    }

    private static OperatorCase Quantize(int opset, Tensor x, Tensor scale, Tensor? zero = null) => Case("QuantizeLinear", opset, x, scale, zero);

    private static OperatorCase Dequantize(int opset, Tensor x, Tensor scale, Tensor? zero = null) => Case("DequantizeLinear", opset, x, scale, zero);

    private static OperatorCase Case(string op, int opset, Tensor x, Tensor scale, Tensor? zero)
    {
        OperatorCase node = new OperatorCase(op, opset).Input(x).Constant(scale).EvaluatesOnly();
        return zero is null ? node : node.Constant(zero);
    }

    private static Tensor Scalar(float value) => Tensor.Scalar(value);

    private static Tensor Floats(params float[] values) => Tensor.Of([values.Length], values);
}
