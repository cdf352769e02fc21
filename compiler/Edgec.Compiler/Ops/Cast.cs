using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Another element type. Floats to integers truncate and saturate, integers wrap. Evaluated while compiling; a cast that
/// changes nothing disappears, any other has no kernel.
/// </summary>
public sealed record Cast(ElementType Element) : Operator
{
    public static readonly OpDef Def = new("cast", "Cast", a =>
    {
        // Concern the 8-bit floats only.
        a.Has("saturate");
        a.Has("round_mode");
        return new Cast(a.Opset < 6 ? OnnxElement.FromName(a.Text("to", "")) : OnnxElement.FromCode(a.Int("to")));
    });

    public override string Name => "cast";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => [("to", OnnxElement.Code(Element))];

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(Element, context.Shape(0))];

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        if (context.Type(0).Element == Element)
            return [context.Input(0)];
        // Integers that a float already is: the accumulators of ConvInteger and MatMulInteger.
        return Element == ElementType.F32 && context.Producer(context.Input(0)) is { Op: QuantizeLinear quantize } before
            && quantize.Stated(context.InferOf(before)) is { Lo: int.MinValue, Stated: { Axis: < 0, Scale: 1, Zero: 0 } }
            ? [before.Inputs[0]]
            : null;
    }

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [context.Input(0).ConvertTo(Element)];
}
