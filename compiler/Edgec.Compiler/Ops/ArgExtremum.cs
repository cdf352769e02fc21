using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>The index of the greatest (ArgMax) or least (ArgMin) element along an axis, as i64. Integers of one scale are compared as they are.</summary>
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

    public override QuantizationRule Quantization => QuantizationRule.Index;

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(ElementType.I64, Reduced(context.Shape(0)))];

    public override Operator? ToChannelsLast(InferContext context) =>
        KeepDims && context.Shape(0).Rank == 4 ? this with { Axis = Extents.ChannelsLast(Extents.Axis(Axis, 4)) } : null;

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

    public override Lowered Lower(LoweringContext context)
    {
        TensorType x = context.Input(0);
        if (x.Element is not (ElementType.I8 or ElementType.F32))
            throw new OperatorException("EC4004", $"Operator {Name} on {x.Element.Text()} has no kernel. Cast to float before it, or make its inputs constant.");
        int axis = Extents.Axis(Axis, x.Shape.Rank);
        // Rows along the last axis are padded where a target has lanes; only dense ones are indexed.
        if (context.StoredCount(x.Shape) != x.Shape.ElementCount || context.StoredCount(context.Output.Shape) != context.Output.Shape.ElementCount)
            throw new OperatorException("EC4001", $"Operator {Name} has no kernel where rows are padded. Cut it off the model.");
        var rows = new RowGeometry(x.Shape.Product(0, axis), x.Shape[axis], x.Shape.Product(axis + 1, x.Shape.Rank));
        return context.Kernel(new ReduceKernel(Maximum ? ReduceMode.Maximum : ReduceMode.Minimum, rows, new IndexFinish(x.Element, Last)), 0);
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
