using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The index of the greatest (ArgMax) or least (ArgMin) element along an axis. Evaluated only; there is no kernel.</summary>
/// <param name="Last">The last of equal elements instead of the first.</param>
public sealed record ArgExtremum(bool Maximum, int Axis, bool KeepDims, bool Last) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("arg-max", "ArgMax", a => Read(a, true)),
        new("arg-min", "ArgMin", a => Read(a, false)),
    ];

    public override string Name => Maximum ? "arg-max" : "arg-min";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            yield return ("axis", Axis);
            if (!KeepDims)
                yield return ("keepdims", false);
            if (Last)
                yield return ("select_last_index", true);
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(ElementType.I64, Reduced(context.Shape(0)))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        Tensor rows = ReduceEvaluation.Gather(x, [Extents.Axis(Axis, x.Shape.Rank)]);
        int length = rows.Shape[1];
        var indices = new long[rows.Shape[0]];
        for (int i = 0; i < indices.Length; i++)
        {
            int best = 0;
            for (int k = 1; k < length; k++)
            {
                int order = rows.Number(i * length + k).CompareTo(rows.Number(i * length + best));
                if ((Maximum ? order > 0 : order < 0) || (Last && order == 0))
                    best = k;
            }

            indices[i] = best;
        }

        return [Tensor.Of(Reduced(x.Shape), indices)];
    }

    private static ArgExtremum Read(AttributeReader a, bool maximum) =>
        new(maximum, a.Int("axis", 0), a.Flag("keepdims", true), a.Flag("select_last_index"));

    private Shape Reduced(Shape x)
    {
        int axis = Extents.Axis(Axis, x.Rank);
        if (x[axis] == 0)
            throw OperatorException.Invalid($"{Name} over an empty axis {axis} of {x} has no answer.");
        return KeepDims ? x.With(axis, 1) : [.. x.Where((_, i) => i != axis)];
    }
}
