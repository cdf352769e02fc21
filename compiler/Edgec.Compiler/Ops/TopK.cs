using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// The k greatest or least elements along an axis and their indices, equal ones by index. Canonical, the indices are found
/// (<see cref="RankedIndices"/>) and the elements gathered by them.
/// </summary>
/// <param name="Count">k, where it is an attribute (opset 1 to 9); input 1 otherwise.</param>
public sealed record TopK(int Axis, bool Largest, int? Count = null) : Operator
{
    public static readonly OpDef Def = new("top-k", "TopK", a =>
    {
        a.Has("sorted"); // sorted is one of the orders an unsorted result may have
        return new TopK(a.Int("axis", -1), a.Flag("largest", true), a.Has("k") ? a.Int("k") : null);
    });

    public override string Name => "top-k";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            yield return ("axis", Axis);
            if (!Largest)
                yield return ("largest", false);
            if (Count is { } k)
                yield return ("k", k);
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0), indices = Ranked(x.Shape, Count is null ? context.RequireConstant(1, "k") : null).Infer(context)[0];
        return [new(x.Element, indices.Shape), indices];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        RankedIndices ranked = Ranked(context.Shape(0), Count is null ? context.RequireConstant(1, "k") : null);
        string indices = context.Add(ranked, context.Input(0));
        return [context.Add(new GatherElements(ranked.Axis), context.Input(0), indices), indices];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        RankedIndices ranked = Ranked(x.Shape, Count is null ? context.Input(1) : null);
        Tensor indices = ranked.Evaluate(new([x], 1))[0];
        return [new GatherElements(ranked.Axis).Evaluate(new([x, indices], 1))[0], indices];
    }

    private RankedIndices Ranked(Shape x, Tensor? k)
    {
        int axis = Extents.Axis(Axis, x.Rank);
        long count = k?.Integer(0) ?? Count!.Value;
        return count >= 0 && count <= x[axis]
            ? new(axis, (int)count, Largest)
            : throw OperatorException.Invalid($"TopK asks for {count} of {x[axis]} elements.");
    }
}
