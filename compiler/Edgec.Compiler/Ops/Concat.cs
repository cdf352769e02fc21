using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The inputs one after the other along an axis, in which alone their shapes differ.</summary>
public sealed record Concat(int Axis) : MoveOperator
{
    // Opset 1 had axis 1 by default; from 4 on the attribute must be there.
    public static readonly OpDef Def = new("concat", "Concat", a => new Concat(a.Opset < 4 ? a.Int("axis", 1) : a.Int("axis")));

    public override string Name => "concat";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => [("axis", Axis)];

    public override OperandRole RoleOf(int input) => OperandRole.Activation;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        int axis = Extents.Axis(Axis, x.Shape.Rank);
        long extent = 0;
        for (int i = 0; i < context.Count; i++)
        {
            Shape shape = context.Shape(i);
            if (shape.Rank != x.Shape.Rank || shape.With(axis, 1) != x.Shape.With(axis, 1))
                throw OperatorException.Invalid($"Concat along axis {axis} needs inputs equal in the other axes, not {x.Shape} and {shape}.");
            extent += shape[axis];
        }

        List<long> extents = [.. x.Shape.Select(e => (long)e)];
        extents[axis] = extent;
        return [x with { Shape = Extents.Checked(extents) }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        int axis = Extents.Axis(Axis, context.Shape(0).Rank);
        ImmutableArray<string> filled = [.. Enumerable.Range(0, context.Count).Where(i => context.Shape(i)[axis] > 0).Select(context.Input)];
        if (filled.Length <= 1)
            return [filled.FirstOrDefault() ?? context.Input(0)];
        return axis == Axis && filled.Length == context.Count ? null : [context.Add(new Concat(axis), filled)];
    }

    public override Operator? ToChannelsLast(InferContext context) =>
        IsImage(context) ? new Concat(Extents.ChannelsLast(Extents.Axis(Axis, 4))) : null;

    /// <summary>Slices that nothing else reads are taken from where they stand.</summary>
    public override Lowered Lower(LoweringContext context)
    {
        Lowered lowered = base.Lower(context); // checks the scales
        if (!Enumerable.Range(0, context.Count).Any(i => context.Range(i) is not null))
            return lowered;
        int axis = Extents.Axis(Axis, context.Output.Shape.Rank);
        var move = new MoveBuilder(context.Output, context.Strides, MoveBuilder.MaxPlanned);
        int[] target = move.Strides(move.Output);
        var operands = new List<string>();
        for (int i = 0, at = 0; i < context.Count; at += context.Shape(i)[axis], i++)
        {
            RangeOperand? range = context.Range(i);
            string source = range?.Source ?? context.Name(i);
            if (!operands.Contains(source))
                operands.Add(source);
            Shape stored = context.TypeOf(source).Shape;
            int[] strides = move.Strides(stored);
            (strides, int offset) = range is null ? (strides, 0) : range.Slice.Place(stored, strides);
            move.Copy(operands.IndexOf(source), context.Shape(i).AsSpan(), strides, target, offset, at * target[axis]);
        }

        return new KernelLowered(move.Kernel(context.StoredCount(context.Output.Shape)), [.. operands]);
    }

    private protected override int Operands(int inputs) => inputs;

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        int axis = Extents.Axis(Axis, move.Output.Rank);
        int[] target = move.Strides(move.Output);
        for (int i = 0, at = 0; i < context.Count; at += context.Shape(i)[axis], i++)
            move.Copy(i, context.Shape(i).AsSpan(), move.Strides(context.Shape(i)), target, targetOffset: at * target[axis]);
    }
}
