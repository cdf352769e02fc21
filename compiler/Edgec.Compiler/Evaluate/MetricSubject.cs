using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Diagnostics;

namespace Edgec.Evaluate;

/// <summary>What a metric is asked to judge.</summary>
/// <param name="Inputs">The model's inputs, as data fills them.</param>
/// <param name="Outputs">The model's outputs as real numbers.</param>
/// <param name="Chosen">The name of the output that is judged where a metric judges one; null for the first.</param>
/// <param name="Count">Number of samples.</param>
public sealed record MetricSubject(
    DataSet Data, ImmutableArray<DataInput> Inputs, ImmutableArray<DataInput> Outputs, string? Chosen, int Count)
{
    /// <summary>Position of the output that is judged.</summary>
    /// <exception cref="DiagnosticException">There is no output of that name (EC7301).</exception>
    public int Port
    {
        get
        {
            int port = Chosen is null ? 0 : Outputs.ToList().FindIndex(output => output.Name == Chosen);
            return port >= 0 ? port : throw new DiagnosticException(DataDiagnostics.NoSuchOutput(Chosen!, Outputs.Select(output => output.Name)));
        }
    }
}
