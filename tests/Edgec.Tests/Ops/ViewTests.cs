using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Flatten, Squeeze, Unsqueeze and Reshape: all end as a reshape.</summary>
public sealed class ViewTests
{
    private static readonly Tensor X = RandomTensor.F32(new Random(1), 1, 2, 1, 3);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(-1)]
    public void Flatten(int axis) => IsReshape(new OperatorCase("Flatten", 13).With("axis", axis).Input(X).Check());

    [Fact]
    public void Flatten_defaults_to_axis_1() => IsReshape(new OperatorCase("Flatten", 9).Input(X).Check());

    [Fact]
    public void Squeeze()
    {
        IsReshape(new OperatorCase("Squeeze", 11).List("axes", 0, -2).Input(X).Check());
        IsReshape(new OperatorCase("Squeeze", 11).Input(X).Check());
        IsReshape(new OperatorCase("Squeeze", 13).Input(X).Constant(2).Check());
        IsReshape(new OperatorCase("Squeeze", 13).Input(X).Check());
        Assert.Equal("EC2001", new OperatorCase("Squeeze", 11).List("axes", 1).Input(X).Fails());
    }

    [Fact]
    public void Unsqueeze()
    {
        IsReshape(new OperatorCase("Unsqueeze", 11).List("axes", 5, 0).Input(X).Check());
        IsReshape(new OperatorCase("Unsqueeze", 13).Input(X).Constant(-1, 1).Check());
        Assert.Equal("EC2001", new OperatorCase("Unsqueeze", 13).Input(X).Constant(1, -5).Fails());
    }

    [Fact]
    public void Reshape()
    {
        IsReshape(new OperatorCase("Reshape", 5).Input(X).Constant(0, -1).Check());
        IsReshape(new OperatorCase("Reshape", 1).List("shape", 3, -1).Input(X).Check([X.Reshape([3, 2])]));
        IsReshape(new OperatorCase("Reshape", 14).With("allowzero", true).Input(Tensor.Zeros(ElementType.F32, [0, 3, 4])).Constant(3, 4, 0).Check());
        Assert.Equal("EC2001", new OperatorCase("Reshape", 5).Input(X).Constant(4, -1).Fails());
    }

    private static void IsReshape(Graph graph) => Assert.IsType<Reshape>(Assert.Single(graph.Nodes).Op);
}
