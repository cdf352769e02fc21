using Edgec.Quantize;
using Xunit;

namespace Edgec.Tests.Quantize;

public sealed class RangeObserverTests
{
    [Fact]
    public void Min_max_is_over_all_samples()
    {
        var observer = new RangeObserver();
        observer.Observe([1, 2, 3], histogram: false);
        observer.Observe([-5, 0], histogram: false);
        Assert.Equal(new ValueRange(-5, 3), observer.MinMax);
    }

    [Fact]
    public void A_percentile_leaves_out_the_outliers_although_the_histogram_grew()
    {
        var observer = new RangeObserver();
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => (i % 2001 - 1000) / 1000f)];
        observer.Observe(values, histogram: true);
        observer.Observe([500, -500], histogram: true);
        ValueRange range = observer.Percentile(99.99);
        Assert.InRange(range.Lo, -1.5f, -0.9f);
        Assert.InRange(range.Hi, 0.9f, 1.5f);
        Assert.Equal(new ValueRange(-500, 500), observer.MinMax);
    }

    [Fact]
    public void Values_that_are_no_numbers_are_noted_and_left_out()
    {
        var observer = new RangeObserver();
        observer.Observe([1, float.NaN, float.PositiveInfinity], histogram: true);
        Assert.True(observer.SawNonFinite);
        Assert.Equal(new ValueRange(1, 1), observer.MinMax);
    }
}
