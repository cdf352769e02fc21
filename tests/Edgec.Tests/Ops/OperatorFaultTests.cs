using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Nodes that contradict themselves, or ask for too much, are diagnostics and nothing else.</summary>
public sealed class OperatorFaultTests
{
    private static readonly Tensor Image = Tensor.Zeros(ElementType.F32, [1, 2, 3, 4]);

    [Fact]
    public void Shapes_must_fit()
    {
        Assert.Equal("EC2001", new OperatorCase("Add", 13).Input(Image).Input(Zeros(5)).Fails());
        Assert.Equal("EC2001", new OperatorCase("Add", 6).With("broadcast", 1L).With("axis", 3L).Input(Image).Input(Zeros(3, 4)).Fails());
        Assert.Equal("EC2001", new OperatorCase("MatMul", 13).Input(Zeros(2, 3)).Input(Zeros(4, 5)).Fails());
        Assert.Equal("EC2001", new OperatorCase("Gemm", 13).Input(Zeros(2, 3)).Input(Zeros(3, 5)).Constant(Zeros(3, 5)).Fails());
        Assert.Equal("EC2001", new OperatorCase("BatchNormalization", 15).Input(Image).Constant(Zeros(3)).Constant(Zeros(2)).Constant(Zeros(2)).Constant(Zeros(2)).Fails());
        Assert.Equal("EC2001", new OperatorCase("LayerNormalization", 17).Input(Image).Constant(Zeros(3)).Fails());
        Assert.Equal("EC2001", new OperatorCase("GroupNormalization", 21).With("num_groups", 4L).Input(Image).Constant(Zeros(2)).Constant(Zeros(2)).Fails());
        Assert.Equal("EC2001", new OperatorCase("TopK", 11).Input(Image).Constant(9).Outputs(2).Fails());
        Assert.Equal("EC2001", new OperatorCase("ArgMax", 13).With("axis", 4L).Input(Image).Fails());
        Assert.Equal("EC2001", new OperatorCase("Softmax", 13).With("axis", -5L).Input(Image).Fails());
        Assert.Equal("EC2001", new OperatorCase("ReduceMean", 13).List("axes", 7).Input(Image).Fails());
    }

    [Fact]
    public void Types_must_fit() =>
        Assert.Equal("EC2001", new OperatorCase("Exp", 13).Input(Tensor.Scalar(1L)).Fails());

    [Fact]
    public void Sizes_are_bounded()
    {
        Assert.Equal("EC2001", new OperatorCase("ConstantOfShape", 9).Constant(1L << 40, 2).Fails());
        Assert.Equal("EC2001", new OperatorCase("ConstantOfShape", 9).Constant(-1).Fails());
        Assert.Equal("EC2001", new OperatorCase("Range", 11).Constant(Tensor.Scalar(0L)).Constant(Tensor.Scalar(long.MaxValue)).Constant(Tensor.Scalar(1L)).Fails());
        Assert.Equal("EC2001", new OperatorCase("Range", 11).Constant(Tensor.Scalar(0L)).Constant(Tensor.Scalar(5L)).Constant(Tensor.Scalar(0L)).Fails());
        Assert.Equal("EC2001", new OperatorCase("Add", 13).Input(Zeros(1 << 20, 1)).Input(Zeros(1, 1 << 20)).Fails());
    }

    [Fact]
    public void Shapes_that_data_decides_are_not_supported()
    {
        Assert.Equal("EC2002", new OperatorCase("NonZero", 13).Input(Image).Fails());
        Assert.Equal("EC2002", new OperatorCase("ReduceSum", 13).Input(Image).Input(Tensor.Of<long>([1], [0])).Fails());
    }

    [Fact]
    public void Integers_are_not_divided_by_zero()
    {
        Tensor a = Tensor.Of<long>([1], [7]), zero = Tensor.Of<long>([1], [0]);
        Assert.Equal("EC2001", new OperatorCase("Div", 13).Constant(a).Constant(zero).Fails());
        Assert.Equal("EC2001", new OperatorCase("Mod", 13).Constant(a).Constant(zero).Fails());
    }

    [Theory]
    [InlineData("BatchNormalization", "training_mode", 1)]
    [InlineData("BatchNormalization", "spatial", 0)]
    [InlineData("Cast", "to", 8)]
    [InlineData("EyeLike", "dtype", 24)]
    public void Attributes_edgec_does_not_do_are_named(string type, string attribute, long value)
    {
        OperatorException e = Assert.Throws<OperatorException>(() =>
            OpTable.FindOnnx("", type)!.Read(new(new Dictionary<string, AttributeValue> { [attribute] = value }, 14)));
        Assert.Equal("EC2002", e.Code);
    }

    private static Tensor Zeros(params int[] extents) => Tensor.Zeros(ElementType.F32, Shape.Create(extents));
}
