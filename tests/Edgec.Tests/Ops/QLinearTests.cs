using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>
/// Operators on integers against ONNX Runtime, which computes them in integers: hardly ever a step apart, where one of the two
/// rounds a product of single precision. Canonical, no operator on integers is left but at the graph's edges.
/// </summary>
public sealed class QLinearTests
{
    private const double Step = 1.0 / 16; // of integers a step, and few of these

    private static readonly Tensor Image = Bytes(1, 3, 5, 4), Rows = Bytes(4, 6);

    private static readonly Tensor ScaleX = Tensor.Scalar(0.05f), ZeroX = Tensor.Scalar((byte)120), ScaleY = Tensor.Scalar(0.2f), ZeroY = Tensor.Scalar((byte)90);

    private static readonly string[] Edges = ["quantize-linear", "dequantize-linear"];

    [Fact]
    public void Convolution()
    {
        Tensor weights = Signed(4, 3, 3, 3), scales = Tensor.Of<float>([4], [0.01f, 0.02f, 0.005f, 0.03f]), zeros = Tensor.Zeros(ElementType.I8, [4]);
        Tensor bias = Tensor.Of<int>([4], [100, -2000, 0, 70000]);
        Graph graph = Check(Case("QLinearConv", "", 10, Image, ScaleX, ZeroX, weights, scales, zeros, ScaleY, ZeroY, bias).List("pads", 1, 1, 1, 1));
        Assert.Contains(graph.Nodes, node => node.Op is Conv);
        Check(Case("QLinearConv", "", 10, Image, ScaleX, ZeroX, weights, Tensor.Scalar(0.01f), Tensor.Scalar((sbyte)0), ScaleY, ZeroY));
    }

    [Fact]
    public void Products()
    {
        Check(Case("QLinearMatMul", "", 10, Rows, ScaleX, ZeroX, Signed(6, 3), Tensor.Scalar(0.01f), Tensor.Scalar((sbyte)0), ScaleY, ZeroY));
        Check(Case("QGemm", "com.microsoft", 1, Rows, ScaleX, ZeroX, Signed(3, 6), Tensor.Scalar(0.01f), Tensor.Scalar((sbyte)0), Tensor.Of<int>([3], [5, -500, 3000]), ScaleY, ZeroY).With("transB", 1L));
        Case("MatMulInteger", "", 10, Rows, Signed(6, 3), ZeroX).Check();
        Case("ConvInteger", "", 10, Image, Bytes(2, 3, 2, 2), ZeroX, Tensor.Scalar((byte)117)).Check();
    }

    [Fact]
    public void Sums_and_products_of_elements()
    {
        Tensor other = Bytes(1, 3, 5, 4);
        Check(Case("QLinearAdd", "com.microsoft", 1, Image, ScaleX, ZeroX, other, Tensor.Scalar(0.1f), Tensor.Scalar((byte)3), ScaleY, ZeroY));
        Check(Case("QLinearMul", "com.microsoft", 1, Image, ScaleX, ZeroX, other, Tensor.Scalar(0.1f), Tensor.Scalar((byte)3), ScaleY, ZeroY));
        Check(Case("QLinearConcat", "com.microsoft", 1, ScaleY, ZeroY, Image, ScaleX, ZeroX, other, Tensor.Scalar(0.1f), Tensor.Scalar((byte)3)).With("axis", 1L));
    }

    [Fact]
    public void Functions_and_means()
    {
        Check(Case("QLinearSigmoid", "com.microsoft", 1, Image, ScaleX, ZeroX, Tensor.Scalar(1 / 256f), Tensor.Scalar((byte)0)));
        Check(Case("QLinearLeakyRelu", "com.microsoft", 1, Image, ScaleX, ZeroX, ScaleY, ZeroY).With("alpha", 0.2f));
        Check(Case("QLinearSoftmax", "com.microsoft", 1, Rows, ScaleX, ZeroX, Tensor.Scalar(1 / 256f), Tensor.Scalar((byte)0)).With("axis", 1L).With("opset", 13L));
        Check(Case("QLinearAveragePool", "com.microsoft", 1, Image, ScaleX, ZeroX, ScaleY, ZeroY).List("kernel_shape", 2, 2));
        Check(Case("QLinearGlobalAveragePool", "com.microsoft", 1, Image, ScaleX, ZeroX, ScaleY, ZeroY));
        Check(Case("QLinearGlobalAveragePool", "com.microsoft", 1, Image, ScaleX, ZeroX, ScaleY, ZeroY).With("channels_last", 1L));
    }

    [Fact]
    public void A_scale_that_changes_with_the_data_is_refused() =>
        Assert.Equal("EC2002", new OperatorCase("DynamicQuantizeLinear", 11).Input(Tensor.Of<float>([2], [1, 2])).Outputs(3).Fails());

    [Fact]
    public void What_is_missing_is_said()
    {
        Assert.Equal("EC2001", Case("QLinearMatMul", "", 10, Rows, ScaleX, ZeroX, Signed(6, 3)).Fails());
        Assert.Equal("EC2001", Case("QLinearConcat", "com.microsoft", 1, ScaleY, ZeroY, Image).With("axis", 1L).Fails());
    }

    private static Graph Check(OperatorCase node)
    {
        Graph canonical = node.Check(Step);
        string[] inside = [.. canonical.Nodes.Where(n => n.Inputs.All(i => !canonical.Inputs.Contains(i)) && !canonical.IsOutput(n.Output)).Select(n => n.Op.Name)];
        Assert.All(canonical.Nodes.Where(n => n.Op is QLinearOperator), n => Assert.Fail($"{n} is left"));
        Assert.All(inside, name => Assert.NotEqual("quantize-linear", name));
        Assert.Contains(canonical.Nodes, n => Edges.Contains(n.Op.Name));
        return canonical;
    }

    // The first tensor of bytes is known when the model runs, all else at compile time.
    private static OperatorCase Case(string op, string domain, int opset, params Tensor[] inputs)
    {
        var node = new OperatorCase(op, opset, domain);
        Tensor changing = inputs.First(input => input.Count > 4);
        foreach (Tensor input in inputs)
            node = ReferenceEquals(input, changing) ? node.Input(input) : node.Constant(input);
        return node.EvaluatesOnly();
    }

    private static Tensor Bytes(params int[] shape) => Random(ElementType.U8, shape);

    // ONNX Runtime's own products of bytes saturate on some processors where weights use all of their 8 bits.
    private static Tensor Signed(params int[] shape) =>
        Tensor.Of(Shape.From(shape), [.. Random(ElementType.I8, shape).Span<sbyte>().ToArray().Select(w => (sbyte)(w / 2))]);

    private static Tensor Random(ElementType element, int[] shape)
    {
        Tensor tensor = Tensor.Zeros(element, Shape.From(shape));
        new Random(shape.Sum()).NextBytes(tensor.WritableBytes);
        return tensor;
    }
}
