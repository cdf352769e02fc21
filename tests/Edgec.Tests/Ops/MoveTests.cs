using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Operators that move elements, on random data against ONNX Runtime.</summary>
public sealed class MoveTests
{
    private static readonly Tensor Image = RandomTensor.F32(new Random(2), 2, 3, 4, 5);

    [Theory]
    [InlineData(0, 1, 2, 3)]
    [InlineData(0, 2, 3, 1)]
    [InlineData(3, 2, 1, 0)]
    [InlineData(1, 0, 3, 2)]
    public void Transpose(params int[] permutation) =>
        new OperatorCase("Transpose", 13).List("perm", [.. permutation.Select(axis => (long)axis)]).Input(Image).Check();

    [Fact]
    public void Transpose_reverses_by_default_and_moves_ones_for_free()
    {
        new OperatorCase("Transpose", 1).Input(Image).Check();
        new OperatorCase("Transpose", 13).Input(Tensor.Of<long>([2, 3], [1, 2, 3, 4, 5, 6])).Check();
        Graph graph = new OperatorCase("Transpose", 13).List("perm", 0, 2, 3, 1).Input(RandomTensor.F32(new Random(3), 1, 1, 4, 5)).Check();
        Assert.IsType<Reshape>(Assert.Single(graph.Nodes).Op);
        Assert.Equal("EC2001", new OperatorCase("Transpose", 13).List("perm", 0, 1, 1, 2).Input(Image).Fails());
    }

    [Fact]
    public void Concat()
    {
        Tensor other = RandomTensor.F32(new Random(4), 2, 7, 4, 5), last = RandomTensor.F32(new Random(5), 2, 1, 4, 5);
        new OperatorCase("Concat", 13).With("axis", -3).Input(Image).Input(other).Constant(last).Check();
        new OperatorCase("Concat", 13).With("axis", 0).Input(Image).Input(Image).Check();
        new OperatorCase("Concat", 4).With("axis", 3).Input(Image).Check();
        Assert.Equal("EC2001", new OperatorCase("Concat", 13).With("axis", 2).Input(Image).Input(other).Fails());
    }

    [Fact]
    public void Split()
    {
        new OperatorCase("Split", 2).With("axis", 3).List("split", 1, 4).Input(Image).Outputs(2).Check();
        new OperatorCase("Split", 11).With("axis", -2).Input(Image).Outputs(2).Check();
        new OperatorCase("Split", 13).With("axis", 3).Input(Image).Constant(2, 0, 3).Outputs(3).Check();
        new OperatorCase("Split", 18).With("axis", 3).With("num_outputs", 3).Input(Image).Outputs(3).Check();
        new OperatorCase("Split", 13).Input(Image).Outputs(2).Check();
        Assert.Equal("EC2001", new OperatorCase("Split", 11).With("axis", 3).Input(Image).Outputs(2).Fails());
    }

    [Theory]
    [InlineData(0, 2, 1)]
    [InlineData(1, 1000, 2)]
    [InlineData(-2, -9, -1)]
    [InlineData(long.MaxValue, long.MinValue, -2)]
    [InlineData(3, 3, 1)]
    [InlineData(-1, long.MinValue, -1)]
    [InlineData(4, 0, -3)]
    public void Slice(long start, long end, long step) =>
        new OperatorCase("Slice", 13).Input(Image).Constant(start, 1).Constant(end, 3).Constant(3, -3).Constant(step, 1).Check();

    [Fact]
    public void Slice_by_attributes_and_by_default()
    {
        new OperatorCase("Slice", 1).List("starts", 1, -3).List("ends", 2, long.MaxValue).List("axes", 0, 3).Input(Image).Check();
        new OperatorCase("Slice", 1).List("starts", 1, 1).List("ends", 2, 3).Input(Image).Check();
        Assert.Empty(new OperatorCase("Slice", 10).Input(Image).Constant(0).Constant(long.MaxValue).Check().Nodes.Where(n => n.Op is Slice));
        Assert.Equal("EC2001", new OperatorCase("Slice", 13).Input(Image).Constant(0).Constant(1).Constant(0).Constant(0).Fails());
    }

    [Theory]
    [InlineData("constant")]
    [InlineData("edge")]
    [InlineData("reflect")]
    [InlineData("wrap")]
    public void Pad(string mode)
    {
        new OperatorCase("Pad", 19).With("mode", mode).Input(Image).Constant(0, 0, 2, 3, 0, 0, 1, 2).Check();
        new OperatorCase("Pad", 19).With("mode", mode).Input(Image).Constant(1, -1, 2, -2).Absent().Constant(-2, 3).Check();
    }

    [Fact]
    public void Pad_by_attributes_and_with_a_value()
    {
        new OperatorCase("Pad", 2).List("pads", 0, 1, 0, 1, 1, 0, 2, 0).With("value", 1.5f).Input(Image).Check();
        new OperatorCase("Pad", 11).Input(Image).Constant(0, 1, 0, 1, 0, 0, 0, -2).Constant(Tensor.Scalar(-3f)).Check();
        new OperatorCase("Pad", 13).Input(Tensor.Of<long>([2], [1, 2])).Constant(1, 1).Constant(Tensor.Scalar(long.MaxValue)).Check();
        Assert.Equal("EC2001", new OperatorCase("Pad", 2).List("pads", 1, 1).Input(Image).Fails());
    }

    [Fact]
    public void Expand()
    {
        Tensor x = RandomTensor.F32(new Random(6), 3, 1);
        new OperatorCase("Expand", 8).Input(x).Constant(2, 1, 4).Check();
        new OperatorCase("Expand", 13).Input(x).Constant(1, 1).Check();
        new OperatorCase("Expand", 13).Input(x).Constant(1, 1, 3, 1).Check();
        Assert.Equal("EC2001", new OperatorCase("Expand", 13).Input(x).Constant(2, 4).Fails());
    }

    [Fact]
    public void Tile()
    {
        new OperatorCase("Tile", 13).Input(Image).Constant(2, 3, 2, 2).Check();
        new OperatorCase("Tile", 6).Input(Image).Constant(1, 1, 1, 1).Check();
        Tensor matrix = RandomTensor.F32(new Random(7), 2, 3);
        float[] v = matrix.Span<float>().ToArray();
        new OperatorCase("Tile", 1).Input(matrix).Constant(Tensor.Scalar(2L)).Constant(Tensor.Scalar(1L))
            .Check([Tensor.Of<float>([2, 6], [.. v[..3], .. v[..3], .. v[3..], .. v[3..]])]);
    }

    [Fact]
    public void Gather()
    {
        new OperatorCase("Gather", 13).With("axis", 1).Input(Image).Constant(2, 0, -1, 0).Check();
        new OperatorCase("Gather", 11).With("axis", -1).Input(Image).Constant(Tensor.Of<int>([2, 3], [0, 4, 1, 1, 3, 3])).Check();
        new OperatorCase("Gather", 1).Input(Image).Input(Tensor.Of<long>([3], [1, 0, 0])).Check();
        new OperatorCase("Gather", 13).With("axis", -2).Input(Image).Input(Tensor.Of<int>([2, 2], [1, -1, 0, -2])).Check();
        new OperatorCase("Gather", 13).With("axis", 1).Input(Image).Input(Tensor.Scalar(1L)).Check();
        var random = new Random(10);
        long[] many = [.. Enumerable.Range(0, 50000).Select(_ => (long)random.Next(50))];
        new OperatorCase("Gather", 13).Constant(RandomTensor.F32(random, 50)).Constant(many).Check();
        Assert.Equal("EC4002", Assert.Throws<OperatorException>(
            () => new OperatorCase("Gather", 13).Input(RandomTensor.F32(random, 50)).Constant(many).Check()).Code);
        Graph scalar = new OperatorCase("Gather", 13).With("axis", 2).Input(Image).Constant(Tensor.Scalar(-2L)).Check();
        Assert.Equal(["slice", "reshape"], scalar.Nodes.Select(node => node.Op.Name));
        Graph reversed = new OperatorCase("Gather", 13).With("axis", 3).Input(Image).Constant(3, 2, 1, 0).Check();
        Assert.Equal(["slice"], reversed.Nodes.Select(node => node.Op.Name));
        Assert.Equal("EC2001", new OperatorCase("Gather", 13).Input(Image).Constant(2).Fails());
    }

    [Theory]
    [InlineData("DCR")]
    [InlineData("CRD")]
    public void DepthToSpace(string mode) =>
        new OperatorCase("DepthToSpace", 13).With("blocksize", 2).With("mode", mode).Input(RandomTensor.F32(new Random(8), 2, 12, 3, 2)).Check();

    [Fact]
    public void SpaceToDepth() =>
        new OperatorCase("SpaceToDepth", 13).With("blocksize", 2).Input(RandomTensor.F32(new Random(9), 2, 3, 4, 6)).Check();
}
