using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Kernels;

public sealed class FloatFunctionsTests
{
    /// <summary>Values of Abramowitz and Stegun, table 7.1, and of erfc further out.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1e-10, 1.1283791670955126e-10)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(2, 0.9953222650189527)]
    [InlineData(3.5, 0.9999992569016276)]
    [InlineData(5.9, 1)]
    [InlineData(40, 1)]
    public void Erf_is_accurate_to_double(double x, double expected)
    {
        Assert.Equal(expected, FloatFunctions.Erf(x), 4e-16 + 4e-15 * expected);
        Assert.Equal(-expected, FloatFunctions.Erf(-x), 4e-16 + 4e-15 * expected);
    }

    [Fact]
    public void Far_arguments_neither_overflow_nor_vanish()
    {
        Assert.Equal(1000, FloatFunctions.Apply(UnaryFunction.Softplus, 1000f));
        Assert.Equal(1, FloatFunctions.Apply(UnaryFunction.Softplus, -100.0) / Math.Exp(-100), 1e-12);
        Assert.Equal(1e-9f, FloatFunctions.Apply(UnaryFunction.Elu, 1e-9f, 1));
        Assert.Equal(0, FloatFunctions.Apply(UnaryFunction.Swish, -1000f, 1), 1e-30f);
        Assert.Equal(0, FloatFunctions.Apply(UnaryFunction.Sigmoid, -1000f));
        Assert.Equal(0, FloatFunctions.Apply(UnaryFunction.Gelu, -30f), 1e-12f);
        Assert.Equal(30, FloatFunctions.Apply(UnaryFunction.Mish, 30f));
    }

    [Fact]
    public void What_is_not_a_number_stays_so()
    {
        UnaryFunction[] selecting = [UnaryFunction.LeakyRelu, UnaryFunction.Clip, UnaryFunction.Sign, UnaryFunction.Erf, UnaryFunction.HardSwish, UnaryFunction.Gelu];
        foreach (UnaryFunction function in selecting)
            Assert.True(float.IsNaN(FloatFunctions.Apply(function, float.NaN, 0.1f, 6)), function.ToString());
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(1.5, 2)]
    [InlineData(2.5, 2)]
    [InlineData(-0.5, 0)]
    [InlineData(-1.5, -2)]
    public void Ties_round_to_even(double x, double expected) => Assert.Equal(expected, FloatFunctions.Apply(UnaryFunction.Round, x));

    [Fact]
    public void Every_function_of_two_values_is_defined()
    {
        Assert.All(Enum.GetValues<BinaryFunction>(), f => Assert.True(float.IsFinite(FloatFunctions.Apply(f, 1.5f, 2))));
        Assert.Equal(-3, FloatFunctions.Apply(BinaryFunction.Prelu, -1.5f, 2));
    }
}
