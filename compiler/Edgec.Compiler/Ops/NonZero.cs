using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The positions of all elements that are not zero, i64 [rank, count]. Only for values known while compiling.</summary>
public sealed record NonZero : Operator
{
    public static readonly OpDef Def = new("non-zero", "NonZero", _ => new NonZero());

    public override string Name => "non-zero";

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        Tensor x = context.RequireConstant(0, "input of NonZero");
        return [new(ElementType.I64, [x.Shape.Rank, Positions(x).Length])];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        int[] positions = Positions(x), strides = x.Shape.Strides();
        var indices = new long[x.Shape.Rank * positions.Length];
        for (int axis = 0; axis < x.Shape.Rank; axis++)
        {
            for (int i = 0; i < positions.Length; i++)
                indices[axis * positions.Length + i] = positions[i] / strides[axis] % x.Shape[axis];
        }

        return [Tensor.Of([x.Shape.Rank, positions.Length], indices)];
    }

    private static int[] Positions(Tensor x) => [.. Enumerable.Range(0, x.Count).Where(i => x.Number(i) != 0)];
}
