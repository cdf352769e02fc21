using Edgec.Kernels;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Kernels;

/// <summary>Whether 32 bits suffice before a clamp, at its edges.</summary>
public sealed class IntegerFinishTests
{
    [Theory]
    [InlineData(65535, 16, 0L, true)]
    [InlineData(65535, 16, 2147483647L, true)]
    [InlineData(65535, 16, 2147483648L, false)]
    [InlineData(65535, 15, 0L, false)]
    [InlineData(-65535, 16, -2147483648L, false)]
    [InlineData(1, 47, 1L << 60, true)]
    public void Sums_fit_a_word(int multiplier, byte shift, long addend, bool fits)
    {
        var finish = new IntegerFinish(Tensor.Of([2], [1, multiplier]), Tensor.Of<byte>([2], [30, shift]), Tensor.Of([2], [0L, addend]), -128, 127);
        Assert.Equal(fits, finish.FitsWord());
    }
}
