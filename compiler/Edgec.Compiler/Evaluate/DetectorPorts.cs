using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Runtime;

namespace Edgec.Evaluate;

/// <summary>Which outputs of a model are a detector's.</summary>
internal abstract record DetectorPorts
{
    public abstract ImmutableArray<int> All { get; }

    /// <summary>What the outputs say of a picture, the best first.</summary>
    public abstract ImmutableArray<Detection> Decode(ImmutableArray<Tensor> outputs);

    /// <summary>Objects, where the model decodes them itself, else maps.</summary>
    /// <exception cref="DiagnosticException">There are no such outputs (EC7304).</exception>
    public static DetectorPorts Of(ImmutableArray<DataInput> inputs, ImmutableArray<DataInput> outputs) =>
        (DetectorPorts?)ObjectPorts.Find(outputs) ?? MapPorts.Find(inputs, outputs) ?? throw new DiagnosticException(DataDiagnostics.NoDetector(string.Join(", ", outputs)));
}
