using Edgec.Ir;
using Edgec.Quantize;
using Edgec.Quantize.Calibration;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>Every calibrator on numbers whose distribution is known.</summary>
public sealed class CalibratorTests
{
    private const int Levels = 256, Count = 200_000;

    public static TheoryData<string> Names => [.. CalibratorTable.All.Select(calibrator => calibrator.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Uniform_numbers_are_hardly_clamped(string name)
    {
        ValueRange range = Of(name, Uniform(-2, 6));
        Assert.InRange(range.Lo, -2f, -1.9f);
        Assert.InRange(range.Hi, 5.9f, 6f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_side_without_numbers_stays_empty(string name)
    {
        ValueRange range = Of(name, [.. Normal().Select(x => Math.Max(x, 0))]);
        Assert.Equal(0, Math.Max(range.Lo, 0));
        Assert.Equal(0, Math.Min(range.Lo, 0));
        Assert.InRange(range.Hi, 2.5f, 5f);
    }

    [Theory]
    [InlineData("min-max", 40f, 40f)]
    [InlineData("moving-average", 3f, 5f)]
    [InlineData("percentile", 3f, 5f)]
    [InlineData("entropy", 2.5f, 8f)]
    [InlineData("mse", 27f, 35f)]
    public void Of_normal_numbers_and_an_outlier(string name, float least, float most)
    {
        float[] values = Normal();
        values[0] = 40;
        Assert.InRange(Of(name, values).Hi, least, most);
    }

    [Fact]
    public void Mean_square_error_finds_the_best_range()
    {
        float[] values = Normal();
        double found = Error(values, Of("mse", values));
        for (double clip = 2; clip < 5; clip += 0.05)
            Assert.True(found <= 1.01 * Error(values, new((float)-clip, (float)clip)), $"clamping at {clip} is better than {Of("mse", values)}");
        Assert.True(found < 0.9 * Error(values, Of("min-max", values)));
    }

    [Fact]
    public void Mean_square_error_searches_both_ends()
    {
        // A long thin tail below, a hard edge above.
        float[] values = [.. Normal().Select(x => x > 0 ? Math.Min(x, 1) : x * Math.Abs(x))];
        ValueRange range = Of("mse", values);
        Assert.InRange(range.Hi, 0.97f, 1f);
        Assert.True(range.Lo > values.Min());
    }

    [Theory]
    [InlineData("entropy")]
    [InlineData("mse")]
    public void Sixteen_bits_clamp_less_than_eight(string name)
    {
        float[] values = Normal();
        ValueStatistics statistics = Statistics(values);
        ICalibrator calibrator = CalibratorTable.Find(name)!;
        Assert.True(calibrator.RangeOf(statistics, 1 << 16).Hi >= 0.97 * values.Max());
        Assert.True(calibrator.RangeOf(statistics, 1 << 4).Hi < calibrator.RangeOf(statistics, 1 << 8).Hi);
    }

    [Fact]
    public void Entropy_does_not_clamp_a_few_numbers()
    {
        float[] values = Normal()[..1000];
        Assert.Equal(new(values.Min(), values.Max()), Of("entropy", values));
    }

    [Theory]
    [InlineData("min-max")]
    [InlineData("percentile")]
    [InlineData("entropy")]
    [InlineData("mse")]
    public void The_order_of_the_numbers_does_not_matter(string name)
    {
        float[] values = Normal(), shuffled = Normal();
        new Random(3).Shuffle(shuffled);
        Assert.Equal(Of(name, values), Of(name, shuffled));
    }

    [Fact]
    public void A_percentile_leaves_out_what_it_says()
    {
        float[] values = Uniform(-1, 1);
        ValueRange range = CalibratorTable.Find("percentile", 90)!.RangeOf(Statistics(values), Levels);
        Assert.InRange(values.Count(x => x < range.Lo) / (double)Count, 0.0495, 0.05);
        Assert.InRange(values.Count(x => x > range.Hi) / (double)Count, 0.0495, 0.05);
    }

    [Fact]
    public void A_moving_average_is_a_mean_first_and_forgets_later()
    {
        var moving = new MovingExtremes();
        foreach (float high in new[] { 1f, 2, 6 })
            moving.Add(new(-high, high));
        Assert.Equal(new ValueRange(-3, 3), moving.Range);
        for (int i = 0; i < 2000; i++)
            moving.Add(new(-10, 20));
        Assert.InRange(moving.Range.Hi, 19.99f, 20f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_and_zeros_alone_have_a_range_of_zero(string name)
    {
        Assert.Equal(new ValueRange(0, 0), CalibratorTable.Find(name)!.RangeOf(new(), Levels));
        Assert.Equal(new ValueRange(0, 0), Of(name, new float[1000]));
    }

    [Theory]
    [InlineData(1.8, 1.732, true)]
    [InlineData(3, 4.5, false)]
    public void Moments_of_known_distributions(double kurtosis, double outliers, bool uniform)
    {
        Moments moments = Moments.Of(Statistics(uniform ? Uniform(-1, 1) : Normal()).Histogram);
        Assert.InRange(moments.Kurtosis, kurtosis * 0.98, kurtosis * 1.02);
        Assert.InRange(moments.Deviation, (uniform ? 0.5774 : 1) * 0.99, (uniform ? 0.5774 : 1) * 1.01);
        Assert.InRange(moments.OutlierRatio, outliers * 0.85, outliers * 1.15);
    }

    private static ValueRange Of(string name, float[] values) => CalibratorTable.Find(name)!.RangeOf(Statistics(values), Levels);

    private static ValueStatistics Statistics(float[] values)
    {
        var statistics = new ValueStatistics();
        foreach (float[] sample in values.Chunk(Count / 100))
            statistics.Moving.Add(statistics.Observe(sample)!.Value);
        return statistics;
    }

    // As the quantizer rounds, number by number.
    private static double Error(float[] values, ValueRange range)
    {
        Quantization quantization = Scales.Activation(range);
        return values.Average(x => Math.Pow(Math.Clamp(Math.Round(x / quantization.Scale) + quantization.Zero, -128, 127) - quantization.Zero - x / quantization.Scale, 2)) * quantization.Scale * quantization.Scale;
    }

    private static float[] Uniform(float lowest, float highest)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Count).Select(_ => lowest + (highest - lowest) * random.NextSingle())];
    }

    private static float[] Normal()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
