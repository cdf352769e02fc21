using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The extents of the input, i64, from axis Start up to End; a constant as soon as the input's type is known.</summary>
/// <param name="End">Null for all axes up to the last.</param>
public sealed record ShapeOf(int Start, int? End) : Operator
{
    public static readonly OpDef Def = new("shape", "Shape", a => new ShapeOf(a.Int("start", 0), a.Has("end") ? a.Int("end") : null));

    public override string Name => "shape";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Start != 0)
                yield return ("start", Start);
            if (End is { } end)
                yield return ("end", end);
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(ElementType.I64, [Value(context.Shape(0)).Count])];

    public override ImmutableArray<Tensor>? ValueFromTypes(InferContext context) => [Value(context.Shape(0))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [Value(context.Input(0).Shape)];

    private Tensor Value(Shape x)
    {
        int start = Bounded(Start, x.Rank), end = Bounded(End ?? x.Rank, x.Rank);
        long[] extents = [.. x.Take(end).Skip(start).Select(extent => (long)extent)];
        return Tensor.Of([extents.Length], extents);
    }

    private static int Bounded(int axis, int rank) => Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);
}
