using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Pieces of an axis, one for each output; canonical, slices. Sizes are an attribute (opset 1 to 12) or input 1; without
/// them the pieces are equal, the last one smaller where opset 18's num_outputs does not divide the axis.
/// </summary>
public sealed record Split(int Axis, EquatableArray<int> Sizes, int Parts) : Operator
{
    public static readonly OpDef Def = new("split", "Split", a => new Split(a.Int("axis", 0), a.Ints("split"), a.Int("num_outputs", 0)));

    public override string Name => "split";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            yield return ("axis", Axis);
            if (Sizes.Count > 0)
                yield return ("split", Sizes);
            if (Parts > 0)
                yield return ("num_outputs", Parts);
        }
    }

    public override QuantizationRule Quantization => QuantizationRule.Shared;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        return [.. Pieces(context).Select(piece => x with { Shape = x.Shape.With(piece.Axis, piece.End - piece.Start) })];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        [.. Pieces(context.Infer).Select(piece => context.Add(Slice.Range(piece.Axis, piece.Start, piece.End), context.Input(0)))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) =>
        [.. Pieces(context.Infer).Select(piece => Slice.Range(piece.Axis, piece.Start, piece.End).Evaluate(new([context.Input(0)], 1))[0])];

    private IEnumerable<(int Axis, int Start, int End)> Pieces(InferContext context)
    {
        Shape x = context.Shape(0);
        int axis = Extents.Axis(Axis, x.Rank), parts = Parts > 0 ? Parts : context.Outputs;
        long[] sizes = context.Has(1) ? context.RequireConstant(1, "split").Integers() : [.. Sizes.Select(size => (long)size)];
        if (sizes.Length == 0 && parts == context.Outputs)
        {
            if (Parts == 0 && x[axis] % parts != 0)
                throw OperatorException.Invalid($"Split of axis {axis} of {x} gives no {parts} equal pieces. State their sizes.");
            long size = (x[axis] + parts - 1L) / parts;
            sizes = [.. Enumerable.Range(0, parts).Select(i => Math.Clamp(x[axis] - i * size, 0, size))];
        }

        if (sizes.Length != context.Outputs || sizes.Any(size => size < 0 || size > x[axis]) || sizes.Sum() != x[axis])
            throw OperatorException.Invalid($"Split sizes [{string.Join(',', sizes)}] do not make up axis {axis} of {x} in {context.Outputs} outputs.");
        int start = 0;
        foreach (long size in sizes)
            yield return (axis, start, start += (int)size);
    }
}
