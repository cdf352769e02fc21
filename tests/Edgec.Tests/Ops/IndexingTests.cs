using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Operators steered by indices, against ONNX Runtime.</summary>
public sealed class IndexingTests
{
    private static readonly Tensor Data = RandomTensor.F32(new Random(1), 3, 4, 2);

    [Fact]
    public void Gather_elements()
    {
        new OperatorCase("GatherElements", 13).With("axis", 1).Input(Data).Input(Tensor.Of<long>([2, 3, 1], [0, -1, 3, 2, 2, -4])).Check();
        new OperatorCase("GatherElements", 11).Input(Data).Input(Tensor.Of<int>([1, 2, 2], [0, 1, 2, 0])).Check();
        Assert.Equal("EC2001", new OperatorCase("GatherElements", 13).Constant(Data).Constant(Tensor.Of<long>([1, 1, 1], [7])).Fails());
        Assert.Equal("EC2001", new OperatorCase("GatherElements", 13).Input(Data).Input(Tensor.Of<long>([1, 5, 1], new long[5])).Fails());
    }

    [Fact]
    public void Gather_slices()
    {
        new OperatorCase("GatherND", 13).Input(Data).Input(Tensor.Of<long>([2, 2], [0, 1, -1, 3])).Check();
        new OperatorCase("GatherND", 11).Input(Data).Input(Tensor.Of<long>([1, 2, 3], [2, 0, 1, 1, 1, 0])).Check();
        new OperatorCase("GatherND", 12).With("batch_dims", 1).Input(Data).Input(Tensor.Of<long>([3, 2, 1], [0, 1, 3, 2, 1, 1])).Check();
        Assert.Equal("EC2001", new OperatorCase("GatherND", 12).With("batch_dims", 2).Input(Data).Input(Tensor.Of<long>([3, 2, 1], new long[6])).Fails());
    }

    [Theory]
    [InlineData("none")]
    [InlineData("add")]
    [InlineData("mul")]
    [InlineData("max")]
    [InlineData("min")]
    public void Scatter(string reduction)
    {
        Tensor updates = RandomTensor.F32(new Random(2), 2, 2, 2), slices = RandomTensor.F32(new Random(3), 3, 2);
        Tensor along = Tensor.Of<long>([2, 2, 2], reduction == "none" ? [0, 3, 1, -2, 1, 0, 2, 2] : [0, 0, 0, 1, 1, 1, 3, 3]);
        Tensor places = Tensor.Of<long>([3, 2], reduction == "none" ? [0, 1, 2, -1, 1, 0] : [0, 1, 0, 1, 2, 3]);
        new OperatorCase("ScatterElements", 18).With("axis", 1).With("reduction", reduction).Input(Data).Input(along).Input(updates).EvaluatesOnly().Check(1e-6);
        Case("ScatterND").Input(Data).Input(places).Input(slices).Check(1e-6);
        Tensor integers = Tensor.Of<long>([3], [5, -6, 1L << 60]);
        Case("ScatterElements")
            .Input(integers).Input(Tensor.Of<long>([2], [2, 0])).Input(Tensor.Of<long>([2], [3, 1])).Check();

        // Combining has no kernel.
        OperatorCase Case(string op)
        {
            OperatorCase one = new OperatorCase(op, 18).With("reduction", reduction);
            return reduction == "none" ? one : one.EvaluatesOnly();
        }
    }

    [Fact]
    public void Scatter_over_all_other_axes()
    {
        Tensor along = Tensor.Of<long>([3, 2, 2], [0, 3, 1, -2, 1, 0, 2, 2, -1, -4, 0, 1]), image = RandomTensor.F32(new Random(9), 1, 2, 3, 4);
        new OperatorCase("ScatterElements", 18).With("axis", -2).Input(Data).Input(along).Input(RandomTensor.F32(new Random(8), 3, 2, 2)).Check();
        new OperatorCase("ScatterElements", 13).With("axis", 1).Input(image).Input(Tensor.Of<long>([1, 1, 3, 4], [0, 1, 1, 0, 1, -1, -2, 0, 1, 1, 0, 0])).Input(RandomTensor.F32(new Random(7), 1, 1, 3, 4)).Check();
        new OperatorCase("GatherElements", 13).With("axis", -3).Input(image).Input(Tensor.Of<int>([1, 2, 3, 4], [.. Enumerable.Range(0, 24).Select(i => i % 5 / 3 - i % 2)])).Check();
    }

    [Fact]
    public void Computed_indices_out_of_range_stand_for_the_nearest_end()
    {
        Tensor indices = Tensor.Of<long>([2, 1, 2], [long.MaxValue, -5, long.MinValue, 4]), ends = Tensor.Of<long>([2, 1, 2], [3, 0, 0, 3]);
        foreach (Operator op in (Operator[])[new GatherElements(1), new Gather(1), new GatherND(0)])
        {
            (Tensor far, Tensor near) = op is GatherND ? (Tensor.Of<long>([1, 2], [9, -9]), Tensor.Of<long>([1, 2], [2, 0])) : (indices, ends);
            Graph graph = SingleNode.Canonicalize(op, [Data, far], _ => false);
            Tensor expected = op.Evaluate(new([Data, near], 1))[0];
            Assert.Equal(expected.Bytes, op.Evaluate(new([Data, far], 1))[0].Bytes);
            Assert.Equal(expected.Bytes, SingleNode.RunKernels(graph, new Dictionary<string, Tensor> { ["i0"] = Data, ["i1"] = far })[0].Bytes);
        }
    }

    [Fact]
    public void Equal_elements_are_ranked_by_index()
    {
        Tensor x = Tensor.Of<float>([6], [1, 3, 3, 0, 3, 1]);
        Graph graph = new OperatorCase("TopK", 11).Input(x).Constant(5).Outputs(2).Check([Tensor.Of<float>([5], [3, 3, 3, 1, 1]), Tensor.Of<long>([5], [1, 2, 4, 0, 5])]);
        Assert.Contains(graph.Nodes, node => node.Op is RankedIndices);
        new OperatorCase("TopK", 11).With("largest", false).Input(x).Constant(4).Outputs(2).Check([Tensor.Of<float>([4], [0, 1, 1, 3]), Tensor.Of<long>([4], [3, 0, 5, 1])]);
    }

    [Fact]
    public void Scatter_of_older_operator_sets_and_misfits()
    {
        new OperatorCase("Scatter", 9).With("axis", 1).Input(Data).Input(Tensor.Of<long>([1, 1, 2], [3, 1])).Input(RandomTensor.F32(new Random(4), 1, 1, 2)).EvaluatesOnly().Check();
        Assert.Equal("EC2001", new OperatorCase("ScatterND", 13).Input(Data).Input(Tensor.Of<long>([1, 1], [0])).Input(Data).Fails());
        Assert.Equal("EC2001", new OperatorCase("ScatterElements", 18).With("reduction", "xor").Input(Data).Input(Tensor.Of<long>([1, 1, 1], [0])).Input(RandomTensor.F32(new Random(5), 1, 1, 1)).Fails());
    }

    [Fact]
    public void Reverse_sequences()
    {
        new OperatorCase("ReverseSequence", 10).With("time_axis", 1).With("batch_axis", 0).Input(Data).Constant(4, 1, 3).Check();
        new OperatorCase("ReverseSequence", 10).Input(RandomTensor.F32(new Random(6), 4, 3)).Constant(2, 4, 1).Check();
        Assert.Equal("EC2001", new OperatorCase("ReverseSequence", 10).Input(Data).Constant(1).Fails());
    }

    [Fact]
    public void Compress()
    {
        Tensor condition = Tensor.Of([3], [false, true, true]);
        new OperatorCase("Compress", 11).With("axis", 1).Input(Data).Constant(condition).Check();
        new OperatorCase("Compress", 11).With("axis", -3).Input(Data).Constant(condition).Check();
        new OperatorCase("Compress", 9).Input(Data).Constant(Tensor.Of([6], [true, false, false, true, true, false])).Check();
        Assert.Equal("EC2001", new OperatorCase("Compress", 11).With("axis", 2).Input(Data).Constant(condition).Fails());
    }

    [Fact]
    public void One_hot()
    {
        Tensor values = Tensor.Of<float>([2], [-1, 5]);
        new OperatorCase("OneHot", 11).Input(Tensor.Of<long>([2, 2], [0, -1, 9, 2])).Constant(Tensor.Scalar(4L)).Constant(values).Check();
        new OperatorCase("OneHot", 9).With("axis", 0).Input(Tensor.Of<long>([3], [1, 0, 2])).Constant(Tensor.Of<long>([1], [3])).Constant(values).Check();
        new OperatorCase("OneHot", 11).Input(Tensor.Of<float>([2], [1, 0])).Constant(Tensor.Scalar(2L)).Constant(values).EvaluatesOnly().Check([Tensor.Of<float>([2, 2], [-1, 5, 5, -1])]);
        Assert.Equal("EC2001", new OperatorCase("OneHot", 11).Input(Tensor.Of<long>([1], [0])).Constant(Tensor.Scalar(-4L)).Constant(values).Fails());
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    [InlineData(true, -9)]
    [InlineData(false, 0)]
    [InlineData(false, -1)]
    [InlineData(false, 7)]
    public void Triangles(bool upper, long shift)
    {
        Tensor x = RandomTensor.F32(new Random(7), 2, 3, 4);
        new OperatorCase("Trilu", 14).With("upper", upper).Input(x).Constant(Tensor.Scalar(shift)).Check();
        new OperatorCase("Trilu", 14).With("upper", upper).Input(x).Check();
    }
}
