using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Another element type. Floats to integers truncate and saturate, integers wrap. A cast that changes nothing disappears, one of a bool chooses
/// between 1 and 0, one to bool compares with 0; any other is evaluated while compiling and has no kernel.
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
        if (context.Type(0).Element == ElementType.Bool)
            return [context.Add(new Where(), context.Input(0), Number(context, 1), Number(context, 0))];
        if (Element == ElementType.Bool)
            return [context.Add(new Predicate(PredicateFunction.Not), context.Add(new Compare(CompareFunction.Equal), context.Input(0), context.AddConstant("zero", Tensor.Scalar(0).ConvertTo(context.Type(0).Element))))];
        // Integers that a float already is: the accumulators of ConvInteger and MatMulInteger.
        return Element == ElementType.F32 && context.Producer(context.Input(0)) is { Op: QuantizeLinear quantize } before
            && quantize.Stated(context.InferOf(before)) is { Lo: int.MinValue, Stated: { Axis: < 0, Scale: 1, Zero: 0 } }
            ? [before.Inputs[0]]
            : null;
    }

    private string Number(Canonicalizer context, int value) =>
        context.AddConstant(value == 0 ? "zero" : "one", Tensor.Scalar(value).ConvertTo(Element));

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [context.Input(0).ConvertTo(Element)];
}
