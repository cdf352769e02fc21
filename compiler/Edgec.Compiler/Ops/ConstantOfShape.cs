using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>A tensor of the shape that input 0 holds, filled with one value. The shape must be known while compiling.</summary>
/// <param name="Value">A tensor of one element; null for 0 in single precision.</param>
public sealed record ConstantOfShape(Tensor? Value) : Operator
{
    public static readonly OpDef Def = new("constant-of-shape", "ConstantOfShape", a => new ConstantOfShape(a.Tensor("value")));

    public override string Name => "constant-of-shape";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Value is null ? [] : [("value", new TensorValue(Value))];

    public override ImmutableArray<TensorType> Infer(InferContext context) =>
        [new(Value?.Element ?? ElementType.F32, Extents.Checked(context.RequireConstant(0, "shape").Integers()))];

    // Also where it is larger than what is folded as it goes: there is no kernel that could fill it at run time.
    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        context.Constant(0) is { } shape ? [context.AddConstant("value", Evaluate(new([shape], 1))[0])] : null;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Shape shape = Extents.Checked(context.Input(0).Integers());
        if (Value is null)
            return [Tensor.Zeros(ElementType.F32, shape)];
        if (Value.Count != 1)
            throw OperatorException.Invalid($"ConstantOfShape fills with one value, not {Value}.");
        int size = Value.Element.SizeOf();
        var bytes = new byte[shape.ElementCount * size];
        for (int i = 0; i < bytes.Length; i += size)
            Value.Bytes.CopyTo(bytes.AsSpan(i));
        return [Tensor.FromBytes(Value.Element, shape, bytes)];
    }
}
