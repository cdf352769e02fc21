using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Moves and pools on integers: one scale throughout, the zero point for 0, one rounding in a mean.</summary>
public sealed class QuantizedMoveTests
{
    private static readonly Quantization Scale = Quantization.PerTensor(0.05, -9);
    private static readonly Tensor Image = RandomTensor.I8(new Random(1), 1, 6, 5, 8);

    public static TheoryData<Operator> Moves =>
    [
        new Transpose([0, 2, 3, 1]),
        new Slice([4, 0], [int.MinValue, 3], [3, 1], [-2, 1]),
        new Expand([2, 6, 5, 8]),
        new Tile([1, 2, 1, 3]),
        new DepthToSpace(2, 2, "CRD", true),
        new SpaceToDepth(1, false),
        new Pad([0, 0, 1, 2, 0, 0, 1, 0], "reflect", 0),
        new MaxPool(new WindowAttributes([2, 3], [1, 2], [1, 1], [1, 1, 0, 1]), ChannelsLast: true, false),
    ];

    [Theory]
    [MemberData(nameof(Moves))]
    public void Integers_move_unchanged(Operator op)
    {
        Tensor expected = op.Evaluate(new([Image], 1))[0];
        Assert.Equal(expected.Bytes, Run(op, expected.Shape, Scale, Image).Bytes);
        Assert.IsType<SharedRule>(op.Quantization);
    }

    [Fact]
    public void Padding_is_the_integer_of_its_value()
    {
        foreach ((float value, sbyte integer) in new (float, sbyte)[] { (0, -9), (1, 11), (float.NegativeInfinity, -128), (1e9f, 127) })
        {
            Tensor y = Run(new Pad([0, 0, 0, 1, 0, 0, 0, 0], "constant", value), [1, 6, 5, 9], Scale, Image);
            for (int row = 0; row < 30; row++)
            {
                Assert.Equal(integer, y.Span<sbyte>()[row * 9]);
                Assert.Equal(Image.Bytes.Slice(row * 8, 8), y.Bytes.Slice(row * 9 + 1, 8));
            }
        }
    }

    [Fact]
    public void Different_scales_are_refused()
    {
        Operator[] ops = [new Concat(1), new Transpose([0, 3, 1, 2]), new MaxPool(new WindowAttributes([1, 1], [1, 1], [1, 1], [0, 0, 0, 0]), true, false)];
        foreach (Operator op in ops)
        {
            Shape shape = op.Infer(new([new(ElementType.I8, Image.Shape)], [null], 1))[0].Shape;
            Assert.Equal("EC3003", Assert.Throws<OperatorException>(() => Run(op, shape, Quantization.PerTensor(0.05, -8), Image)).Code);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Means_round_once(bool countPadding)
    {
        var op = new AveragePool(new WindowAttributes([3, 3], [2, 1], [1, 1], [1, 1, 1, 1]), ChannelsLast: true, countPadding);
        var to = Quantization.PerTensor(0.03, 5);
        Tensor real = Tensor.Of(Image.Shape, [.. Image.Integers().Select(q => (float)(Scale.Scale * (q - Scale.Zero)))]);
        Tensor exact = op.Evaluate(new([real], 1))[0], y = Run(op, exact.Shape, to, Image);
        for (int i = 0; i < y.Count; i++)
        {
            double wanted = Math.Clamp(exact.Number(i) / to.Scale + to.Zero, -128, 127);
            Assert.InRange(y.Integer(i) - wanted, -0.51, 0.51);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Interpolation_rounds_once(int axis)
    {
        Tensor matrix = Interpolate.Matrix(ResizeSampling.Legacy("linear") with { Transformation = "align_corners" }, new(Image.Shape[axis], 9, 9.0 / Image.Shape[axis], 0, 1))!;
        var left = Quantization.PerTensor(1 / 255.0, -128);
        Tensor integers = Tensor.Of(matrix.Shape, [.. Enumerable.Range(0, matrix.Count).Select(i => (sbyte)Math.Round(matrix.Number(i) * 255 - 128))]);
        var op = new Interpolate(axis);
        Tensor real = Tensor.Of(Image.Shape, [.. Image.Integers().Select(q => (float)(Scale.Scale * (q - Scale.Zero)))]);
        Tensor exact = op.Evaluate(new([real, matrix], 1))[0];
        var graph = new Graph(
            "test", Level.Quantized, ["x"], ["y"], [new("y", op, ["x", "m"], ["y"], Origin.None)], ImmutableDictionary<string, Tensor>.Empty.Add("m", integers),
            ImmutableDictionary<string, TensorType>.Empty.Add("x", new(ElementType.I8, Image.Shape, Scale)).Add("m", new(ElementType.I8, matrix.Shape, left)).Add("y", new(ElementType.I8, exact.Shape, Scale)));
        var lowered = Assert.IsType<KernelLowered>(op.Lower(new(graph, graph.Nodes[0])));
        Tensor y = KernelRunner.Run(lowered.Kernel, [integers, Image], ElementType.I8, exact.Shape);
        for (int i = 0; i < y.Count; i++)
            Assert.InRange(y.Integer(i) - Math.Clamp(exact.Number(i) / Scale.Scale + Scale.Zero, -128, 127), -1.6, 1.6); // half an integer, and two weights off by half of 1/255
    }

    private static Tensor Run(Operator op, Shape shape, Quantization to, Tensor x)
    {
        var graph = new Graph(
            "test", Level.Quantized, ["x"], ["y"], [new("y", op, ["x"], ["y"], Origin.None)], ImmutableDictionary<string, Tensor>.Empty,
            ImmutableDictionary<string, TensorType>.Empty.Add("x", new(ElementType.I8, x.Shape, Scale)).Add("y", new(ElementType.I8, shape, to)));
        var lowered = Assert.IsType<KernelLowered>(op.Lower(new(graph, graph.Nodes[0])));
        return KernelRunner.Run(lowered.Kernel, [x], ElementType.I8, shape);
    }
}
