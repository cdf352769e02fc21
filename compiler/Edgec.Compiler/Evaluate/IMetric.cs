using Edgec.Diagnostics;

namespace Edgec.Evaluate;

/// <summary>A measure of how good a network's outputs are. One file each; <see cref="MetricTable"/> lists them.</summary>
public interface IMetric
{
    /// <summary>As typed behind <c>--metric</c>.</summary>
    string Name { get; }

    /// <summary>Whether it measures the distance from the float model, so that it says nothing without one.</summary>
    bool NeedsFloat { get; }

    /// <summary>Begins to measure.</summary>
    /// <exception cref="DiagnosticException">The outputs or the data are none that this can judge.</exception>
    IMeasurement Begin(MetricSubject subject);

    /// <summary>The result in a sentence.</summary>
    string Describe(Evaluation result);
}
