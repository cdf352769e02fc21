using Edgec.Ops;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ops;

public sealed class ElementConversionTests
{
    [Fact]
    public void Floats_truncate_and_saturate()
    {
        Tensor x = Tensor.Of<float>([7], [1.9f, -1.9f, 300, -300, float.NaN, float.PositiveInfinity, 1e30f]);
        Assert.Equal([1, -1, 127, -128, 0, 127, 127], Cast(x, ElementType.I8).Integers());
        Assert.Equal([1, 0, 255, 0, 0, 255, 255], Cast(x, ElementType.U8).Integers());
        Assert.Equal([1, -1, 300, -300, 0, long.MaxValue, long.MaxValue], Cast(x, ElementType.I64).Integers());
    }

    [Fact]
    public void Integers_wrap()
    {
        Tensor x = Tensor.Of<long>([3], [300, -1, 1L << 40]);
        Assert.Equal([44, -1, 0], Cast(x, ElementType.I8).Integers());
        Assert.Equal([44, 255, 0], Cast(x, ElementType.U8).Integers());
        Assert.Equal([1, 1, 1], Cast(x, ElementType.Bool).Integers());
    }

    [Fact]
    public void Unsigned_values_beyond_the_signed_range_are_exact()
    {
        Tensor x = Tensor.Of<ulong>([2], [ulong.MaxValue, ulong.MaxValue - 1]);
        Tensor greater = Edgec.Ops.OpTable.FindOnnx("", "Greater")!.Read(new(new Dictionary<string, AttributeValue>(), 13))
            .Evaluate(new([x, Tensor.Scalar(ulong.MaxValue - 1)], 1))[0];
        Assert.Equal([1, 0], greater.Integers());
        Assert.Equal([-1, -2], Cast(x, ElementType.I64).Integers());
    }

    /// <summary>1 + 2^-8 and 1 + 3·2^-8 lie between two values of bfloat16: the even one wins.</summary>
    [Fact]
    public void Narrow_floats_round_to_even()
    {
        Tensor x = Tensor.Of<float>([4], [1 + 1 / 256f, 1 + 3 / 256f, float.NaN, float.MaxValue]);
        Tensor y = Cast(x, ElementType.BF16);
        Assert.Equal(1, y.Number(0));
        Assert.Equal(1 + 4 / 256.0, y.Number(1));
        Assert.True(double.IsNaN(y.Number(2)));
        Assert.True(double.IsPositiveInfinity(y.Number(3)));
        Assert.Equal(1, Cast(Tensor.Of<float>([1], [1 + 1 / 2048f]), ElementType.F16).Number(0));
    }

    private static Tensor Cast(Tensor x, ElementType to) => new Cast(to).Evaluate(new([x], 1))[0];
}
