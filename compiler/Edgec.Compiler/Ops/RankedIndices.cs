using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// The indices, i64, of the k greatest or least elements along an axis, in their order, equal ones by index: what a <see cref="TopK"/> is
/// in canonical form. Integers of one scale are compared as they are.
/// </summary>
/// <param name="Count">k.</param>
public sealed record RankedIndices(int Axis, int Count, bool Largest) : Operator
{
    public static readonly OpDef Def = new("ranked-indices", null, a => new RankedIndices(a.Int("axis", 0), a.Int("k"), a.Flag("largest", true)));

    public override string Name => "ranked-indices";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        Largest ? [("axis", Axis), ("k", Count)] : [("axis", Axis), ("k", Count), ("largest", false)];

    public override QuantizationRule Quantization => QuantizationRule.Index;

    public override bool HasWideForm => true;

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(ElementType.I64, Chosen(context.Shape(0)))];

    public override Operator? ToChannelsLast(InferContext context) =>
        context.Shape(0).Rank == 4 ? this with { Axis = Extents.ChannelsLast(Extents.Axis(Axis, 4)) } : null;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        RowGeometry rows = Rows(x.Shape);
        var indices = new long[Chosen(x.Shape).ElementCount];
        for (int row = 0; row < rows.Outer * rows.Inner; row++)
        {
            int outer = row / rows.Inner, inner = row % rows.Inner, start = outer * rows.Length * rows.Inner + inner;
            IEnumerable<int> all = Enumerable.Range(0, rows.Length); // OrderBy keeps equal elements in order
            IEnumerable<int> order = Largest
                ? all.OrderByDescending(i => x.Number(start + i * rows.Inner))
                : all.OrderBy(i => x.Number(start + i * rows.Inner));
            foreach ((int rank, int index) in order.Take(Count).Index())
                indices[(outer * Count + rank) * rows.Inner + inner] = index;
        }

        return [Tensor.Of(Chosen(x.Shape), indices)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        TensorType x = context.Input(0);
        return x.Element is ElementType.I8 or ElementType.I16 or ElementType.F32
            ? context.Kernel(new SelectKernel(Rows(x.Shape), Count, Largest, x.Element), 0)
            : throw new OperatorException("EC4004", $"Operator {Name} on {x.Element.Text()} has no kernel. Cast to float before it, or make its inputs constant.");
    }

    private RowGeometry Rows(Shape x)
    {
        int axis = Extents.Axis(Axis, x.Rank);
        return new(x.Product(0, axis), x[axis], x.Product(axis + 1, x.Rank));
    }

    private Shape Chosen(Shape x)
    {
        int axis = Extents.Axis(Axis, x.Rank);
        return Count >= 0 && Count <= x[axis]
            ? x.With(axis, Count)
            : throw OperatorException.Invalid($"{Count} of {x[axis]} elements are asked for. Ask for at most all of them.");
    }
}
