using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// For each index (input 1) the element at that position of an axis and its own position in the others. Canonical, the axis is counted
/// from the front and the indices cover all of the others.
/// </summary>
public sealed record GatherElements(int Axis) : Operator
{
    public static readonly OpDef Def = new("gather-elements", "GatherElements", a => new GatherElements(a.Int("axis", 0)));

    public override string Name => "gather-elements";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Axis == 0 ? [] : [("axis", Axis)];

    public override QuantizationRule Quantization => QuantizationRule.SharedWithTables;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Selector;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        int axis = Extents.Axis(Axis, x.Shape.Rank);
        TensorIndex.RequireFit(x.Shape, context.Shape(1), axis);
        TensorIndex.RequireInRange(context, 1, x.Shape[axis]);
        return [x with { Shape = context.Shape(1) }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0), indices = context.Shape(1);
        int axis = Extents.Axis(Axis, x.Rank);
        int[] parts = [.. Enumerable.Range(0, x.Rank).Where(i => i != axis && indices[i] != x[i])];
        if (parts.Length == 0)
            return axis == Axis ? null : [context.Add(new GatherElements(axis), context.Input(0), context.Input(1))];
        var slice = new Slice([.. parts.Select(_ => 0)], [.. parts.Select(i => indices[i])], [.. parts], [.. parts.Select(_ => 1)]);
        return [context.Add(new GatherElements(axis), context.Add(slice, context.Input(0)), context.Input(1))];
    }

    public override Operator? ToChannelsLast(InferContext context) =>
        context.Shape(0).Rank == 4 ? new GatherElements(Extents.ChannelsLast(Extents.Axis(Axis, 4))) : null;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), indices = context.Input(1), y = Tensor.Zeros(x.Element, indices.Shape);
        int size = x.Element.SizeOf(), at = 0;
        foreach (int source in TensorIndex.Along(x.Shape, indices, Extents.Axis(Axis, x.Shape.Rank)))
            x.Bytes.Slice(source * size, size).CopyTo(y.WritableBytes[(at++ * size)..]);
        return [y];
    }

    public override Lowered Lower(LoweringContext context) => IndexedLowering.Gather(
        context, Name, IndexedLowering.Along(Name, context.Shape(0), context.Shape(1), Extents.Axis(Axis, context.Shape(0).Rank)));
}
