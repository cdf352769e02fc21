using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// A new axis of extent depth (input 1), with the "on" value (the second of input 2) where the index (input 0) points to
/// and "off" elsewhere. Canonical, a comparison with the numbers along that axis chooses between the two.
/// </summary>
public sealed record OneHot(int Axis) : Operator
{
    public static readonly OpDef Def = new("one-hot", "OneHot", a => new OneHot(a.Int("axis", -1)));

    public override string Name => "one-hot";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Axis == -1 ? [] : [("axis", Axis)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        Shape indices = context.Shape(0);
        int axis = Extents.Axis(Axis, indices.Rank + 1);
        double depth = context.RequireConstant(1, "depth").Number(0);
        if (!(depth is >= 1 and <= Extents.MaxElements) || context.Shape(2).ElementCount != 2)
            throw OperatorException.Invalid($"OneHot needs a positive depth and two values, not {depth} and {context.Shape(2)}.");
        return [new(context.Input(2).Element, Extents.Checked([.. indices.Take(axis).Append((int)depth).Concat(indices.Skip(axis)).Select(extent => (long)extent)]))];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        TensorType indices = context.Type(0);
        if (context.Constant(1) is null || context.Constant(2) is not { } values || indices.Element.IsFloat())
            return null;
        Shape y = context.OutputType().Shape;
        int axis = Extents.Axis(Axis, y.Rank), depth = y[axis];
        Shape along = [.. Enumerable.Range(0, y.Rank).Select(i => i == axis ? depth : 1)];
        string index = context.Add(Reshape.To(y.With(axis, 1)), context.Input(0));
        string on = Counted(0);
        if (!IsCount(context, context.Input(0)))
            on = context.Add(new Compare(CompareFunction.Or), on, Counted(-depth)); // ONNX counts negative ones from the end
        return [context.Add(new Where(), on, Value("on", 1), Value("off", 0))];

        string Counted(int from) => context.Add(
            new Compare(CompareFunction.Equal), index,
            context.AddConstant("places", Tensor.Of<long>(along, [.. Enumerable.Range(from, depth)]).ConvertTo(indices.Element)));

        string Value(string role, int at) => context.AddConstant(role, Tensor.FromBytes(
            values.Element, Shape.Scalar, values.Bytes.Slice(at * values.Element.SizeOf(), values.Element.SizeOf()).ToArray()));
    }

    // What ranks or finds elements counts from 0.
    private static bool IsCount(Canonicalizer context, string value)
    {
        while (context.Producer(value) is { Op: Reshape or Transpose or Slice or Cast, Inputs: [var source, ..] })
            value = source;
        return context.Producer(value)?.Op is RankedIndices or ArgExtremum;
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor indices = context.Input(0), values = context.Input(2), y = Tensor.Zeros(values.Element, Infer(context.Infer)[0].Shape);
        int axis = Extents.Axis(Axis, indices.Shape.Rank + 1), depth = y.Shape[axis], inner = y.Shape.Product(axis + 1, y.Shape.Rank);
        int size = values.Element.SizeOf();
        ReadOnlySpan<byte> off = values.Bytes[..size], on = values.Bytes[size..];
        for (int i = 0; i < y.Count; i++)
            off.CopyTo(y.WritableBytes[(i * size)..]);
        for (int i = 0; i < indices.Count; i++)
        {
            double index = Math.Floor(indices.Number(i));
            if (index >= -depth && index < depth) // others have no "on" at all
                on.CopyTo(y.WritableBytes[(((i / inner * depth + (int)(index < 0 ? index + depth : index)) * inner + i % inner) * size)..]);
        }

        return [y];
    }
}
