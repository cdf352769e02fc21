using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Evaluate;

/// <summary>One run of a metric over data.</summary>
public interface IMeasurement
{
    /// <summary>Judges one sample. Called once for each index, from several threads at a time.</summary>
    /// <param name="real">The outputs of the float model in the order of <see cref="MetricSubject.Outputs"/>; null where there is none.</param>
    /// <param name="compiled">The outputs of the compiled model, as real numbers.</param>
    void Add(int index, ImmutableArray<Tensor>? real, ImmutableArray<Tensor> compiled);

    /// <summary>The result, after all samples were added; the same in whatever order they were.</summary>
    Evaluation Finish();
}
