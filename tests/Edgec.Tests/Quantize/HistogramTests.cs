using Edgec.Quantize.Calibration;
using Xunit;

namespace Edgec.Tests.Quantize;

public sealed class HistogramTests
{
    [Fact]
    public void Every_number_is_in_its_bin()
    {
        float[] values = Numbers(20_000);
        Histogram histogram = Of(values);
        HistogramBin[] bins = histogram.Bins();
        Assert.Equal(values.Length, bins.Sum(bin => bin.Count));
        Assert.All(bins, bin => Assert.Equal(values.Count(v => v >= bin.Low && v < bin.High), bin.Count));
        Assert.Equal((values.Min(), values.Max(), values.Count(v => v == 0)), (histogram.Lowest, histogram.Highest, histogram.Zeros));
        double width = bins[0].High - bins[0].Low, cover = (values.Max() - values.Min()) / width;
        Assert.InRange(cover, Histogram.MaxBins / 2 - 2, Histogram.MaxBins);
    }

    [Fact]
    public void Neither_the_order_of_the_numbers_nor_parts_that_are_merged_matter()
    {
        float[] values = Numbers(5000);
        HistogramBin[] whole = Of(values).Bins();
        float[] shuffled = [.. values];
        new Random(2).Shuffle(shuffled);
        var single = new Histogram();
        foreach (float value in shuffled)
            single.Add([value], value, value);
        var merged = new Histogram();
        foreach (float[] part in shuffled.Chunk(700))
            merged.Add(Of(part));
        Assert.Equal(whole, single.Bins());
        Assert.Equal(whole, merged.Bins());
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-3.25f)]
    [InlineData(float.MaxValue)]
    [InlineData(float.MinValue)]
    [InlineData(float.Epsilon)]
    public void One_number_alone_is_one_bin(float value)
    {
        HistogramBin bin = Assert.Single(Of([value, value, value]).Bins());
        Assert.Equal(3, bin.Count);
        Assert.True(bin.Low <= value && value < bin.High);
    }

    [Fact]
    public void The_widest_range_there_is_fits()
    {
        Histogram histogram = Of([float.MinValue, 0, 1e-30f, float.MaxValue]);
        Assert.Equal(4, histogram.Bins().Sum(bin => bin.Count));
        Assert.Equal(3, histogram.Bins().Length);
    }

    [Fact]
    public void Fewer_bins_hold_the_same_numbers()
    {
        Histogram histogram = Of(Numbers(3000));
        HistogramBin[] fine = histogram.Bins(), coarse = histogram.Bins(100);
        Assert.InRange(coarse.Length, 25, 100);
        Assert.All(coarse, bin => Assert.Equal(fine.Where(f => f.Low >= bin.Low && f.High <= bin.High).Sum(f => f.Count), bin.Count));
        Assert.Equal(histogram.Total, coarse.Sum(bin => bin.Count));
    }

    [Fact]
    public void What_is_no_number_is_left_out()
    {
        var statistics = new ValueStatistics();
        statistics.Observe([1, float.NaN, float.PositiveInfinity]);
        Assert.True(statistics.SawNonFinite);
        Assert.Equal((1f, 1f, 1), (statistics.MinMax.Lo, statistics.MinMax.Hi, statistics.Histogram.Total));
    }

    private static Histogram Of(float[] values)
    {
        var histogram = new Histogram();
        histogram.Add(values, values.Min(), values.Max());
        return histogram;
    }

    // Small ones and large ones, of both signs, some zeros.
    private static float[] Numbers(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(i => i % 10 == 0 ? 0 : (float)((random.NextDouble() - 0.3) * Math.Pow(10, random.Next(-3, 2))))];
    }
}
