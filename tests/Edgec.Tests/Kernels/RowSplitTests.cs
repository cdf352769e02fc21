using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Kernels;

public sealed class RowSplitTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, long.MaxValue)]
    [InlineData(7, 10)]
    [InlineData(1000, long.MaxValue)]
    public void Ranges_cover_every_row_once(int rows, long work)
    {
        var visits = new int[rows];
        RowSplit.Run(rows, work, (first, end) =>
        {
            for (int row = first; row < end; row++)
                Interlocked.Increment(ref visits[row]);
        });
        Assert.All(visits, count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public void A_fault_comes_out_as_it_was_thrown(long work) =>
        Assert.Throws<InvalidCastException>(() => RowSplit.Run(100, work, (_, _) => throw new InvalidCastException()));
}
