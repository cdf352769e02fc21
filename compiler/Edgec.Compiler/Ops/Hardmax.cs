using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>1 at the first maximum of each row, 0 elsewhere. Evaluated only; there is no kernel.</summary>
/// <param name="Flatten">Up to opset 12 all axes from <paramref name="Axis"/> on form the row.</param>
public sealed record Hardmax(int Axis, bool Flatten = false) : Operator
{
    public static readonly OpDef Def = new("hardmax", "Hardmax", a =>
        a.Opset < 13 ? new Hardmax(a.Int("axis", 1), true) : new Hardmax(a.Int("axis", -1), a.Flag("flatten")));

    public override string Name => "hardmax";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        Flatten ? [("axis", Axis), ("flatten", true)] : [("axis", Axis)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        Extents.Axis(Axis, x.Shape.Rank);
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        int axis = Extents.Axis(Axis, x.Shape.Rank), rank = x.Shape.Rank;
        int length = Flatten ? x.Shape.Product(axis, rank) : x.Shape[axis], inner = Flatten ? 1 : x.Shape.Product(axis + 1, rank);
        Tensor y = Tensor.Zeros(x.Element, x.Shape), one = Tensor.Scalar(1f).ConvertTo(x.Element);
        for (int row = 0; row < (length == 0 ? 0 : x.Count / length); row++)
        {
            int start = row / inner * length * inner + row % inner, best = start;
            for (int i = start; i < start + length * inner; i += inner)
                best = x.Number(i) > x.Number(best) ? i : best;
            one.Bytes.CopyTo(y.WritableBytes[(best * x.Element.SizeOf())..]);
        }

        return [y];
    }
}
