using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Forms of operator sets older than those ONNX Runtime still computes, against values worked out by hand.</summary>
public sealed class LegacyOpsetTests
{
    private static readonly Tensor Image = Tensor.Of([1, 2, 2, 2], [.. Enumerable.Range(0, 8).Select(i => (float)i)]);

    [Fact]
    public void An_axis_lines_up_the_second_operand()
    {
        Tensor channels = Tensor.Of<float>([2], [10, 20]);
        Graph graph = new OperatorCase("Add", 6).With("broadcast", 1L).With("axis", 1L).Input(Image).Constant(channels)
            .Check([Tensor.Of<float>([1, 2, 2, 2], [10, 11, 12, 13, 24, 25, 26, 27])]);
        Assert.Equal(new Binary(Edgec.Runtime.Kernels.BinaryFunction.Add, Activation.None), Assert.Single(graph.Nodes).Op);
    }

    [Fact]
    public void Without_an_axis_the_last_ones_line_up() =>
        new OperatorCase("Mul", 6).With("broadcast", 1L).Input(Image).Constant(Tensor.Of<float>([2], [1, 2]))
            .Check([Tensor.Of<float>([1, 2, 2, 2], [0, 2, 2, 6, 4, 10, 6, 14])]);

    [Fact]
    public void An_axis_counts_only_with_broadcast() =>
        Assert.Null(((Binary)OpTable.FindOnnx("", "Add")!.Read(new(new Dictionary<string, AttributeValue> { ["axis"] = 1L }, 6))).Axis);

    [Fact]
    public void Slopes_of_prelu_lie_along_the_channels()
    {
        Tensor negative = Tensor.Of([1, 2, 2, 2], [.. Enumerable.Range(0, 8).Select(i => -(float)i)]);
        new OperatorCase("PRelu", 6).Input(negative).Constant(Tensor.Of<float>([2], [0.5f, 2]))
            .Check([Tensor.Of<float>([1, 2, 2, 2], [0, -0.5f, -1, -1.5f, -8, -10, -12, -14])]);
    }

    [Fact]
    public void Comparisons_have_axes_too() =>
        new OperatorCase("Greater", 1).With("broadcast", 1L).With("axis", 1L).Constant(Image).Constant(Tensor.Of<float>([2], [1, 6]))
            .Check([Tensor.Of([1, 2, 2, 2], [false, false, true, true, false, false, false, true])]);

    [Fact]
    public void Comparisons_with_axes_have_kernels() =>
        new OperatorCase("Less", 1).With("broadcast", 1L).With("axis", 1L).Input(Image).Input(Tensor.Of<float>([2], [2, 6]))
            .Check([Tensor.Of([1, 2, 2, 2], [true, true, false, false, true, true, false, false])]);

    [Fact]
    public void Casts_name_their_type() =>
        new OperatorCase("Cast", 1).With("to", "INT32").Constant(Tensor.Of<float>([2], [1.9f, -1.9f])).Check([Tensor.Of<int>([2], [1, -1])]);

    [Fact]
    public void Top_k_counts_by_attribute() =>
        new OperatorCase("TopK", 1).With("k", 2L).Constant(Tensor.Of<float>([4], [1, 3, 3, 2])).Outputs(2)
            .Check([Tensor.Of<float>([2], [3, 3]), Tensor.Of<long>([2], [1, 2])]);

    [Fact]
    public void Group_normalization_has_a_scale_for_each_group()
    {
        Tensor x = Tensor.Of<float>([1, 2, 2], [-1, 1, -3, 3]);
        new OperatorCase("GroupNormalization", 18).With("num_groups", 2L).With("epsilon", 0f).Input(x)
            .Constant(Tensor.Of<float>([2], [2, 3])).Constant(Tensor.Of<float>([2], [0, 1]))
            .Check([Tensor.Of<float>([1, 2, 2], [-2, 2, -2, 4])], 1e-6);
    }

    [Fact]
    public void Dropout_gives_a_mask_of_the_type_of_its_data() =>
        new OperatorCase("Dropout", 7).Input(Image).Outputs(2)
            .Check([Image, Tensor.Of<float>([1, 2, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1])]);
}
