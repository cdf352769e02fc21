using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Transposed convolution against ONNX Runtime, evaluated and as the convolution it becomes.</summary>
public sealed class ConvTransposeTests
{
    private static readonly Tensor Image = RandomTensor.F32(new Random(1), 2, 4, 3, 5);

    [Theory]
    [InlineData(3, 1, 1, 0, 0)]
    [InlineData(2, 2, 1, 0, 0)]
    [InlineData(4, 2, 1, 1, 0)]
    [InlineData(3, 2, 1, 1, 1)]
    [InlineData(3, 3, 2, 2, 2)]
    [InlineData(2, 3, 1, 0, 1)] // outputs that nothing reaches
    [InlineData(5, 2, 3, 4, 0)]
    [InlineData(1, 1, 1, 1, 0)] // pads beyond the kernel's reach
    public void Strides_dilations_pads(int kernel, int stride, int dilation, int pad, int outputPadding)
    {
        foreach (int groups in new[] { 1, 2, 4 })
        {
            Graph graph = Case(groups, kernel, kernel).List("strides", stride, stride).List("dilations", dilation, dilation)
                .List("pads", pad, pad, pad, pad).List("output_padding", outputPadding, outputPadding).Check(1e-4);
            Assert.DoesNotContain(graph.Nodes, node => node.Op is ConvTranspose);
            Assert.Single(graph.Nodes, node => node.Op is Conv);
        }
    }

    [Fact]
    public void Axes_may_differ()
    {
        Case(1, 3, 2).List("strides", 1, 3).List("pads", 0, 1, 2, 0).Check(1e-4);
        Case(2, 1, 4).List("strides", 2, 2).List("dilations", 1, 2).Check(1e-4);
    }

    [Fact]
    public void Output_shape_and_automatic_padding()
    {
        Case(1, 3, 3).List("strides", 3, 2).List("output_shape", 8, 9).Check(1e-4);
        Case(1, 3, 3).List("strides", 3, 2).List("output_shape", 10, 12).List("output_padding", 1, 1).Check(1e-4);
        Case(1, 3, 3).List("strides", 2, 2).With("auto_pad", "SAME_UPPER").Check(1e-4);
        Case(1, 3, 3).List("strides", 2, 2).With("auto_pad", "SAME_LOWER").Check(1e-4);
        Case(1, 3, 3).List("strides", 2, 2).With("auto_pad", "VALID").Check(1e-4);
    }

    [Fact]
    public void One_spatial_axis() =>
        new OperatorCase("ConvTranspose", 11).List("strides", 2).List("pads", 1, 0)
            .Input(RandomTensor.F32(new Random(2), 1, 3, 6)).Constant(RandomTensor.F32(new Random(3), 3, 2, 4)).Check(1e-4);

    [Fact]
    public void Computed_weights_can_only_be_evaluated() =>
        new OperatorCase("ConvTranspose", 11).Input(Image).Input(RandomTensor.F32(new Random(4), 4, 2, 3, 3)).EvaluatesOnly().Check(1e-4);

    [Fact]
    public void Blocks_take_no_more_multiplications_than_the_kernel_has_weights()
    {
        Graph graph = Case(1, 4, 4).List("strides", 2, 2).List("pads", 1, 1, 1, 1).Check(1e-4);
        Node conv = Assert.Single(graph.Nodes, node => node.Op is Conv);
        Assert.Equal("[12,4,2,2]", graph.TypeOf(conv.Inputs[1]).Shape.ToString());
    }

    [Fact]
    public void Misfits_are_refused()
    {
        Tensor weights = RandomTensor.F32(new Random(5), 4, 2, 3, 3);
        Assert.Equal("EC2001", new OperatorCase("ConvTranspose", 11).List("pads", 9, 9, 9, 9).Input(Image).Constant(weights).Fails());
        Assert.Equal("EC2001", new OperatorCase("ConvTranspose", 11).With("group", 3).Input(Image).Constant(weights).Fails());
        Assert.Equal("EC2001", new OperatorCase("ConvTranspose", 11).List("strides", 0, 1).Input(Image).Constant(weights).Fails());
        Assert.Equal("EC2001", new OperatorCase("ConvTranspose", 11).Input(Image).Constant(RandomTensor.F32(new Random(6), 3, 2, 3, 3)).Fails());
    }

    private static OperatorCase Case(int groups, int height, int width)
    {
        var random = new Random(7);
        return new OperatorCase("ConvTranspose", 11).With("group", groups).Input(Image)
            .Constant(RandomTensor.F32(random, 4, 3, height, width)).Constant(RandomTensor.F32(random, 3 * groups));
    }
}
