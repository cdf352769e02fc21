using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Each slice of the updates goes to the place its index tuple says.</summary>
public sealed record ScatterND(string Reduction) : ScatterOperator(Reduction)
{
    public static readonly OpDef Def = new("scatter-nd", "ScatterND", a => new ScatterND(a.Text("reduction", "none")));

    public override string Name => "scatter-nd";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Reduction == "none" ? [] : [("reduction", Reduction)];

    public override OperandRole RoleOf(int input) => input == 1 ? OperandRole.Parameter : OperandRole.Activation;

    private protected override int[] Indexed(Shape data, Shape indices) => [.. data.Take(indices[^1])];

    private protected override GatherGeometry Geometry(Shape data, Shape indices) => IndexedLowering.Slices(data, indices, 0);

    private protected override Shape UpdatesShape(Shape data, Shape indices) => indices.Rank > 0 && indices[^1] <= data.Rank
        ? Shape.From(indices.SkipLast(1).Concat(data.Skip(indices[^1])))
        : throw OperatorException.Invalid($"ScatterND cannot place slices in {data} by indices {indices}.");

    private protected override IEnumerable<int> Targets(Shape data, Tensor indices) =>
        TensorIndex.Slices(data, indices, 0).SelectMany(slice => Enumerable.Range(slice.Start, slice.Length));
}
