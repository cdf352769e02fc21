using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// The elements at given indices of an axis; the axes of the indices (input 1) take the place of that axis. Canonical,
/// known indices are a constant vector; those that count up or down evenly become a slice. Computed ones have any number of axes.
/// </summary>
public sealed record Gather(int Axis) : MoveOperator
{
    public static readonly OpDef Def = new("gather", "Gather", a => new Gather(a.Int("axis", 0)));

    public override string Name => "gather";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Axis == 0 ? [] : [("axis", Axis)];

    public override QuantizationRule Quantization => QuantizationRule.SharedWithTables;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        TensorIndex.RequireInRange(context, 1, x.Shape[Extents.Axis(Axis, x.Shape.Rank)]);
        return [x with { Shape = Gathered(x.Shape, context.Shape(1)) }];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), indices = context.Input(1).ConvertTo(ElementType.I64);
        var kernel = new GatherKernel(Geometry(x.Shape, indices.Shape), x.Element.SizeOf(), ElementType.I64);
        return [KernelRunner.Run(kernel, [x, indices], x.Element, Gathered(x.Shape, indices.Shape))];
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
        ? IndexedLowering.Gather(context, Name, Geometry(context.Shape(0), context.Shape(1)))
        : base.Lower(context);

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        Shape x = context.Shape(0);
        int axis = Extents.Axis(Axis, x.Rank);
        int[] indices = Resolve(context.RequireConstant(1, "indices"), x[axis]);
        move.Gather(0, x, [.. Enumerable.Range(0, x.Rank).Select(i => i == axis ? indices : Identity(x[i]))]);
    }

    private Shape Gathered(Shape x, Shape indices)
    {
        int axis = Extents.Axis(Axis, x.Rank);
        return Extents.Checked([.. x.Take(axis).Concat(indices).Concat(x.Skip(axis + 1)).Select(extent => (long)extent)]);
    }

    private GatherGeometry Geometry(Shape x, Shape indices)
    {
        int axis = Extents.Axis(Axis, x.Rank);
        return new(x.Product(0, axis), (int)indices.ElementCount, x.Product(axis + 1, x.Rank), [x[axis]], OuterIndexed: false, InnerIndexed: false);
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
