using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>For each index (input 1) the element at that position of an axis and its own position in the others. Evaluated only.</summary>
public sealed record GatherElements(int Axis) : Operator
{
    public static readonly OpDef Def = new("gather-elements", "GatherElements", a => new GatherElements(a.Int("axis", 0)));

    public override string Name => "gather-elements";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Axis == 0 ? [] : [("axis", Axis)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        TensorIndex.RequireFit(x.Shape, context.Shape(1), Extents.Axis(Axis, x.Shape.Rank));
        return [x with { Shape = context.Shape(1) }];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), indices = context.Input(1), y = Tensor.Zeros(x.Element, Infer(context.Infer)[0].Shape);
        int size = x.Element.SizeOf(), at = 0;
        foreach (int source in TensorIndex.Along(x.Shape, indices, Extents.Axis(Axis, x.Shape.Rank)))
            x.Bytes.Slice(source * size, size).CopyTo(y.WritableBytes[(at++ * size)..]);
        return [y];
    }
}
