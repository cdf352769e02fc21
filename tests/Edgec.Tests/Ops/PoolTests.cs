using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Pooling against ONNX Runtime, in both layouts.</summary>
public sealed class PoolTests
{
    private static readonly Tensor Image = RandomTensor.F32(new Random(1), 2, 3, 9, 8);
    private static readonly Tensor Line = RandomTensor.F32(new Random(2), 2, 3, 10);

    public static TheoryData<string, int> Pools => new() { { "MaxPool", 12 }, { "AveragePool", 19 }, { "LpPool", 18 } };

    [Theory]
    [MemberData(nameof(Pools))]
    public void Windows(string op, int opset)
    {
        Check(new OperatorCase(op, opset).List("kernel_shape", 3, 2).Input(Image), op);
        Check(new OperatorCase(op, opset).List("kernel_shape", 3, 3).List("strides", 2, 3).List("pads", 1, 0, 2, 1).Input(Image), op);
        Check(new OperatorCase(op, opset).List("kernel_shape", 2, 3).List("dilations", 2, 2).Input(Image), op);
        Check(new OperatorCase(op, opset).List("kernel_shape", 3, 3).List("strides", 2, 2).With("auto_pad", "SAME_UPPER").Input(Image), op);
        Check(new OperatorCase(op, opset).List("kernel_shape", 3, 3).List("strides", 2, 2).With("auto_pad", "SAME_LOWER").Input(Image), op);
        Check(new OperatorCase(op, opset).List("kernel_shape", 3, 3).With("auto_pad", "VALID").Input(Image), op);
        Check(new OperatorCase(op, opset).List("kernel_shape", 3).List("strides", 2).List("pads", 1, 1).Input(Line), op);
    }

    [Theory]
    [InlineData("MaxPool", 12)]
    [InlineData("AveragePool", 19)]
    public void Ceil_mode(string op, int opset)
    {
        Check(new OperatorCase(op, opset).List("kernel_shape", 3, 3).List("strides", 2, 3).With("ceil_mode", true).Input(Image), op);
        Check(new OperatorCase(op, opset).List("kernel_shape", 2, 3).List("strides", 2, 3).List("pads", 1, 1, 0, 1).With("ceil_mode", true).Input(Image), op);
    }

    [Fact]
    public void Padding_counts_where_asked()
    {
        Check(new OperatorCase("AveragePool", 19).List("kernel_shape", 3, 3).List("pads", 1, 1, 1, 1).With("count_include_pad", true).Input(Image), "AveragePool");
        Check(new OperatorCase("AveragePool", 19).List("kernel_shape", 3, 3).With("count_include_pad", true).Input(Image), "AveragePool");
        Graph graph = new OperatorCase("AveragePool", 19).List("kernel_shape", 2, 3).List("strides", 2, 3).List("pads", 1, 1, 0, 1)
            .With("count_include_pad", true).With("ceil_mode", true).Input(Image).Check(1e-6);
        Assert.Equal(["pad", "average-pool"], graph.Nodes.Select(node => node.Op.Name));
    }

    [Fact]
    public void Positions_of_maxima()
    {
        new OperatorCase("MaxPool", 12).List("kernel_shape", 3, 2).List("strides", 2, 2).List("pads", 1, 0, 0, 1).Input(Image).Outputs(2).EvaluatesOnly().Check();
        new OperatorCase("MaxPool", 12).List("kernel_shape", 2, 2).With("storage_order", 1).Input(Image).Outputs(2).EvaluatesOnly().Check();
        new OperatorCase("MaxPool", 8).List("kernel_shape", 3).Input(Line).Outputs(2).EvaluatesOnly().Check();
    }

    [Fact]
    public void Three_spatial_axes_and_misfits_are_refused()
    {
        Assert.Equal("EC2002", new OperatorCase("MaxPool", 12).List("kernel_shape", 2, 2, 2).Input(RandomTensor.F32(new Random(3), 1, 1, 3, 3, 3)).Fails());
        Assert.Equal("EC2001", new OperatorCase("MaxPool", 12).List("kernel_shape", 20, 2).Input(Image).Fails());
        Assert.Equal("EC2001", new OperatorCase("AveragePool", 12).List("kernel_shape", 2).Input(Image).Fails());
    }

    private static void Check(OperatorCase operatorCase, string op)
    {
        if (op == "LpPool")
            operatorCase.EvaluatesOnly().Check(1e-5);
        else
            operatorCase.Check(op == "MaxPool" ? 0 : 1e-6);
    }
}
