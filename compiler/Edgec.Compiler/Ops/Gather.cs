using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// The elements at given indices of an axis; the axes of the indices (input 1) take the place of that axis. Canonical,
/// the indices are a constant vector; those that count up or down evenly become a slice.
/// </summary>
public sealed record Gather(int Axis) : MoveOperator
{
    public static readonly OpDef Def = new("gather", "Gather", a => new Gather(a.Int("axis", 0)));

    public override string Name => "gather";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Axis == 0 ? [] : [("axis", Axis)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        int axis = Extents.Axis(Axis, x.Shape.Rank);
        return [x with { Shape = Extents.Checked([.. x.Shape.Take(axis).Concat(context.Shape(1)).Concat(x.Shape.Skip(axis + 1)).Select(extent => (long)extent)]) }];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), indices = context.Input(1);
        if (indices.Shape.Rank == 1)
            return base.Evaluate(context);
        Shape shape = Infer(context.Infer)[0].Shape;
        return [base.Evaluate(new([x, indices.Reshape([indices.Count])], 1))[0].Reshape(shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0), y = context.OutputType().Shape;
        int axis = Extents.Axis(Axis, x.Rank);
        if (context.Constant(1) is not { } indices)
            return axis == Axis ? null : [context.Add(new Gather(axis), context.Input(0), context.Input(1))];
        int[] flat = Resolve(indices, x[axis]);
        if (Line(flat) is { } slice)
        {
            string piece = context.Add(slice with { Axes = [axis] }, context.Input(0));
            return [indices.Shape.Rank == 1 ? piece : context.Add(new Reshape([.. y]), piece)];
        }

        if (axis == Axis && indices.Shape.Rank == 1)
            return null;
        string vector = context.AddConstant("indices", indices.Reshape([indices.Count]));
        return [context.Add(new Reshape([.. y]), context.Add(new Gather(axis), context.Input(0), vector))];
    }

    public override Operator? ToChannelsLast(InferContext context) =>
        IsImage(context) && context.Shape(1).Rank == 1 ? new Gather(Extents.ChannelsLast(Extents.Axis(Axis, 4))) : null;

    public override Lowered Lower(LoweringContext context) => context.Constant(1) is null
        ? throw new OperatorException("EC4001", "Gather with computed indices has no kernel. Move the lookup out of the model, and feed it the gathered values.")
        : base.Lower(context);

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        Shape x = context.Shape(0);
        int axis = Extents.Axis(Axis, x.Rank);
        int[] indices = Resolve(context.RequireConstant(1, "indices"), x[axis]);
        move.Gather(0, x, [.. Enumerable.Range(0, x.Rank).Select(i => i == axis ? indices : Identity(x[i]))]);
    }

    private static int[] Resolve(Tensor indices, int extent)
    {
        var resolved = new int[indices.Count];
        for (int i = 0; i < resolved.Length; i++)
            resolved[i] = TensorIndex.Of(indices.Integer(i), extent);
        return resolved;
    }

    /// <summary>The slice that takes these indices; null if they are not evenly spaced.</summary>
    private static Slice? Line(int[] indices)
    {
        int step = indices.Length > 1 ? indices[1] - indices[0] : 1;
        if (indices.Length == 0 || step == 0)
            return null;
        for (int i = 1; i < indices.Length; i++)
        {
            if (indices[i] - indices[i - 1] != step)
                return null;
        }

        int end = indices[^1] + Math.Sign(step);
        return new([indices[0]], [end < 0 ? int.MinValue : end], [0], [step]);
    }
}
