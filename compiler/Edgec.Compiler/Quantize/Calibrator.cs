using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Quantize.Calibration;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>From samples to ranges: statistics of every float value, and a range chosen from each.</summary>
public static class Calibrator
{
    private const int Levels = 1 << 8, WideLevels = 1 << 16;

    /// <inheritdoc cref="GraphStatistics.Collect"/>
    public static ImmutableArray<CalibratedValue> Calibrate(
        Graph graph, int samples, Func<int, IReadOnlyDictionary<string, Tensor>> sample, QuantizeOptions options, string model,
        Action<int>? done = null, int? threads = null) =>
        Choose(GraphStatistics.Collect(graph, samples, sample, model, done, threads), options);

    /// <summary>The 8-bit ranges by value, of samples that are in memory.</summary>
    public static Dictionary<string, ValueRange> Calibrate(
        Graph graph, IEnumerable<IReadOnlyDictionary<string, Tensor>> samples, QuantizeOptions options, string model)
    {
        IReadOnlyDictionary<string, Tensor>[] all = [.. samples];
        return new(Calibrate(graph, all.Length, i => all[i], options, model).Ranges());
    }

    /// <summary>Chooses ranges from statistics.</summary>
    public static ImmutableArray<CalibratedValue> Choose(ImmutableArray<ObservedValue> observed, QuantizeOptions options) =>
        [.. observed.AsParallel().AsOrdered().Select(value => Choose(value, options))];

    /// <summary>The 8-bit ranges by value.</summary>
    public static ImmutableDictionary<string, ValueRange> Ranges(this ImmutableArray<CalibratedValue> values) =>
        values.ToImmutableDictionary(value => value.Name, value => value.Range);

    /// <summary>The 16-bit ranges by value.</summary>
    public static ImmutableDictionary<string, ValueRange> WideRanges(this ImmutableArray<CalibratedValue> values) =>
        values.ToImmutableDictionary(value => value.Name, value => value.WideRange);

    private static CalibratedValue Choose(ObservedValue observed, QuantizeOptions options)
    {
        ICalibrator calibrator = options.Chosen;
        ValueStatistics all = observed.All();
        Moments moments = Moments.Of(all.Histogram);
        double? ratio = observed.Odd.Histogram.Total == 0 ? null : Ratio(ScaleOf(observed.Even), ScaleOf(observed.Odd));
        ValueRange range = calibrator.RangeOf(all, Levels), wide = calibrator.RangeOf(all, WideLevels);
        if (options.ClipOutliers && OutlierRule.HasOutliers(ratio, moments.OutlierRatio))
            (range, wide) = (Narrower(range, OutlierRule.Clipping.RangeOf(all, Levels)), Narrower(wide, OutlierRule.Clipping.RangeOf(all, WideLevels)));
        return new(observed.Name, range, wide, ValueSummary.Of(all, moments, ratio));

        double ScaleOf(ValueStatistics half) => Scales.Activation(calibrator.RangeOf(half, Levels)).Scale;
    }

    private static double Ratio(double a, double b) => Math.Max(a / b, b / a);

    private static ValueRange Narrower(ValueRange a, ValueRange b) => new(Math.Max(a.Lo, b.Lo), Math.Min(a.Hi, b.Hi));
}
