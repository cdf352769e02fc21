using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Passes;

namespace Edgec.Evaluate;

/// <summary>Which outputs of a model are the maps of a CenterNet, each [1,C,H,W].</summary>
/// <param name="Heatmap">Position of the logits of each class.</param>
/// <param name="Size">Position of width and height.</param>
/// <param name="Offset">Position of the centre's place within its cell.</param>
/// <param name="Stride">Pixels of the input a cell.</param>
internal sealed record DetectorPorts(int Heatmap, int Size, int Offset, int Stride)
{
    public ImmutableArray<int> All => [Heatmap, Size, Offset];

    /// <exception cref="DiagnosticException">There are no such outputs (EC7304).</exception>
    public static DetectorPorts Of(ImmutableArray<DataInput> inputs, ImmutableArray<DataInput> outputs) =>
        CenterNetMaps.Of([.. inputs.Select(input => input.Shape)], [.. outputs.Select(output => (output.Name, output.Shape))]) is { } maps
            ? new(maps.Heatmap, maps.Size, maps.Offset, maps.Stride)
            : throw new DiagnosticException(DataDiagnostics.NoDetector(string.Join(", ", outputs)));
}
