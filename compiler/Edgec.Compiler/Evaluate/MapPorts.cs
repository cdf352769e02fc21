using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Passes;
using Edgec.Runtime;

namespace Edgec.Evaluate;

/// <summary>The maps of a CenterNet.</summary>
internal sealed record MapPorts(CenterNetMaps Maps) : DetectorPorts
{
    public override ImmutableArray<int> All => [Maps.Heatmap, Maps.Size, Maps.Offset];

    public override ImmutableArray<Detection> Decode(ImmutableArray<Tensor> outputs) =>
        CenterNetDecoder.Decode(outputs[Maps.Heatmap], outputs[Maps.Size], outputs[Maps.Offset], Maps.Stride);

    public static MapPorts? Find(ImmutableArray<DataInput> inputs, ImmutableArray<DataInput> outputs) =>
        CenterNetMaps.Of([.. inputs.Select(input => input.Shape)], [.. outputs.Select(output => (output.Name, output.Shape))]) is { } maps ? new(maps) : null;
}
