using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Each update goes to its own position, but along one axis to where its index says. Scatter of opset 9 is the same.</summary>
public sealed record ScatterElements(int Axis, string Reduction) : ScatterOperator(Reduction)
{
    public static IReadOnlyList<OpDef> Defs { get; } = [new("scatter-elements", "ScatterElements", Read), new("scatter", "Scatter", Read)];

    public override string Name => "scatter-elements";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        Reduction == "none" ? [("axis", Axis)] : [("axis", Axis), ("reduction", Reduction)];

    public override OperandRole RoleOf(int input) => input == 1 ? OperandRole.Selector : OperandRole.Activation;

    public override Operator? ToChannelsLast(InferContext context) =>
        context.Shape(0).Rank == 4 && context.Shape(1).Rank == 4 ? new ScatterElements(Extents.ChannelsLast(Extents.Axis(Axis, 4)), Reduction) : null;

    private protected override int[] Indexed(Shape data, Shape indices) => [data[Extents.Axis(Axis, data.Rank)]];

    private protected override GatherGeometry Geometry(Shape data, Shape indices) =>
        IndexedLowering.Along(Name, data, indices, Extents.Axis(Axis, data.Rank));

    private protected override Shape UpdatesShape(Shape data, Shape indices)
    {
        TensorIndex.RequireFit(data, indices, Extents.Axis(Axis, data.Rank));
        return indices;
    }

    private protected override IEnumerable<int> Targets(Shape data, Tensor indices) =>
        TensorIndex.Along(data, indices, Extents.Axis(Axis, data.Rank));

    private static ScatterElements Read(AttributeReader a) => new(a.Int("axis", 0), a.Text("reduction", "none"));
}
