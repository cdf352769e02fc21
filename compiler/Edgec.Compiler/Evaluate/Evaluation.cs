using System.Collections.Immutable;

namespace Edgec.Evaluate;

/// <summary>A metric of the float model and of the compiled one on the same samples.</summary>
/// <param name="Output">The output that was judged, or the names of several.</param>
/// <param name="Float">Of the float model; null where there is none, or where the metric is a distance from it.</param>
/// <param name="Quantized">Of the compiled model.</param>
/// <param name="Agreement">Share of samples on which both name the same class; null for other metrics than <c>top1</c>.</param>
/// <param name="FloatInterval">Where <paramref name="Float"/> lies with 95 % confidence; null for metrics without an interval.</param>
/// <param name="Interval">The same of <paramref name="Quantized"/>.</param>
/// <param name="StandardError">Of <c>Quantized - Float</c>, measured on the same samples: much smaller than the intervals are wide, since both models
/// are mostly right and wrong together. Null for metrics without one, and without a float model.</param>
public sealed record Evaluation(string Metric, string Output, int Count, double? Float, double Quantized, double? Agreement,
    Interval? FloatInterval = null, Interval? Interval = null, double? StandardError = null)
{
    /// <summary>The first pictures with what was found in them; empty for metrics that find nothing in pictures.</summary>
    public ImmutableArray<DetectedPicture> Pictures { get; init; } = [];
}
