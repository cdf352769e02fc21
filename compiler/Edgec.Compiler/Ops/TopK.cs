using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The k greatest or least elements along an axis and their indices, equal ones by index. Evaluated only; there is no kernel.</summary>
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
        TensorType x = context.Input(0);
        Shape y = Chosen(x.Shape, Count ?? context.RequireConstant(1, "k").Integer(0));
        return [new(x.Element, y), new(ElementType.I64, y)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        int axis = Extents.Axis(Axis, x.Shape.Rank), length = x.Shape[axis], inner = x.Shape.Product(axis + 1, x.Shape.Rank);
        Shape shape = Chosen(x.Shape, Count ?? context.Input(1).Integer(0));
        int k = shape[axis], size = x.Element.SizeOf();
        var values = new byte[shape.ElementCount * size];
        var indices = new long[shape.ElementCount];
        for (int row = 0; row < (k == 0 ? 0 : indices.Length / k); row++)
        {
            int outer = row / inner, start = outer * length * inner + row % inner;
            IEnumerable<int> all = Enumerable.Range(0, length); // OrderBy keeps equal elements in order
            int[] order = [.. Largest
                ? all.OrderByDescending(i => x.Number(start + i * inner))
                : all.OrderBy(i => x.Number(start + i * inner))];
            for (int i = 0; i < k; i++)
            {
                int target = (outer * k + i) * inner + row % inner;
                indices[target] = order[i];
                x.Bytes.Slice((start + order[i] * inner) * size, size).CopyTo(values.AsSpan(target * size));
            }
        }

        return [Tensor.FromBytes(x.Element, shape, values), Tensor.Of(shape, indices)];
    }

    private Shape Chosen(Shape x, long k)
    {
        int axis = Extents.Axis(Axis, x.Rank);
        return k >= 0 && k <= x[axis]
            ? x.With(axis, (int)k)
            : throw OperatorException.Invalid($"TopK asks for {k} of {x[axis]} elements.");
    }
}
