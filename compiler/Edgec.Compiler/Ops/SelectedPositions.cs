using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// The positions of the elements that are not zero, typed as if there were none that are: i64 [rank, elements]. It stands for a
/// <see cref="NonZero"/> of a computed value while the pass <c>bound-selections</c> follows what is selected.
/// </summary>
public sealed record SelectedPositions : Operator
{
    public static readonly OpDef Def = new("selected-positions", null, _ => new SelectedPositions());

    public override string Name => "selected-positions";

    public override bool Folds => false;

    public override ImmutableArray<TensorType> Infer(InferContext context) =>
        [new(ElementType.I64, [context.Shape(0).Rank, (int)context.Shape(0).ElementCount])];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => new NonZero().Evaluate(context);

    /// <summary>The positions of all elements of a shape, in their order.</summary>
    public static Tensor All(Shape shape)
    {
        int count = (int)shape.ElementCount;
        int[] strides = shape.Strides();
        var positions = new long[shape.Rank * count];
        for (int i = 0; i < positions.Length; i++)
            positions[i] = i % count / strides[i / count] % shape[i / count];
        return Tensor.Of([shape.Rank, count], positions);
    }
}
