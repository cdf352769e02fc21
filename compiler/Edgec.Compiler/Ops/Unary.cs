using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// A function of each element, with up to two parameters. Clip's bounds may come as inputs 1 and 2 (opset 11 on); constant
/// ones become α and β. Integers, where ONNX allows them, are computed exactly; quantized, every function is a table.
/// </summary>
public sealed record Unary(UnaryFunction Function, float Alpha = 0, float Beta = 0) : Operator
{
    public static readonly Unary Relu = new(UnaryFunction.Clip, 0, float.PositiveInfinity);

    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        .. UnarySpelling.All.Select(spelling => new OpDef(spelling.Text, spelling.Onnx, spelling.Read)),
        new("relu", "Relu", a => { a.Has("consumed_inputs"); return Relu; }),
        new("gelu", "Gelu", ReadGelu),
        new("gelu-tanh", null, _ => new Unary(UnaryFunction.GeluTanh)),
        new("contrib-gelu", "Gelu", _ => new Unary(UnaryFunction.Gelu)) { Domain = "com.microsoft" },
        new("quick-gelu", "QuickGelu", a => new Unary(UnaryFunction.Swish, a.Float("alpha", 1.702f))) { Domain = "com.microsoft" },
    ];

    public override string Name => this == Relu ? "relu"
        : Function == UnaryFunction.Gelu ? "gelu"
        : Function == UnaryFunction.GeluTanh ? "gelu-tanh"
        : UnarySpelling.Of(Function).Text;

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        this == Relu || Function is UnaryFunction.Gelu or UnaryFunction.GeluTanh ? [] : UnarySpelling.Of(Function).Attributes(this);

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool HasWideForm => true;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override Operator? Clamped(Activation next) =>
        Function == UnaryFunction.Clip && Alpha <= Beta && new Activation(Alpha, Beta).Then(next) is var both
            ? this with { Alpha = both.Lo, Beta = both.Hi }
            : null;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        if (!x.Element.IsFloat() && x.Quantization is null && !WorksOnIntegers)
            throw OperatorException.Invalid($"{Name} needs a float input, not {x}. Cast it.");
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        if (context.Count > 1)
            return [ClipByInputs(context)];
        if (Function == UnaryFunction.Clip && float.IsNegativeInfinity(Alpha) && float.IsPositiveInfinity(Beta))
            return [context.Input(0)];
        return null;
    }

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        if (!x.Element.IsFloat())
            return [EvaluateIntegers(context)];
        float alpha = (float?)context.Optional(1)?.Number(0) ?? Alpha, beta = (float?)context.Optional(2)?.Number(0) ?? Beta;
        Shape flat = [x.Count];
        var kernel = new MapKernel(new FloatUnaryStep(Function, alpha, beta), BroadcastGeometry.Of(flat, flat));
        return [KernelRunner.Run(kernel, [x.ToF32()], ElementType.F32, x.Shape).ConvertTo(x.Element)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        if (context.Count > 1)
            throw OperatorException.Unsupported("Clip has bounds that change at run time. Make them initializers.");
        KernelTypes.Require(context, Name);
        if (context.IsQuantized)
            return context.Output.Element == ElementType.I16 ? Wide(context) : LookupTable.Lower(context, 0, Exactly);
        Shape stored = [context.StoredCount(context.Output.Shape)];
        return context.Kernel(new MapKernel(new FloatUnaryStep(Function, Alpha, Beta), BroadcastGeometry.Of(stored, stored)), 0);
    }

    private double Exactly(double x) => FloatFunctions.Apply(Function, x, Alpha, Beta);

    // On i16 what bends between grid points of a table costs accuracy, so clamps stand behind interpolation, and functions that
    // differ from ReLU by an even function are told by that difference.
    private KernelLowered Wide(LoweringContext context)
    {
        switch (Function)
        {
            case UnaryFunction.Clip:
                return Rescale.Lower(context, new(Alpha, Beta));
            case UnaryFunction.HardSigmoid:
                return LookupTable.Lower(context, 0, x => Alpha * x + Beta, new(0, 1));
            case UnaryFunction.Gelu or UnaryFunction.GeluTanh or UnaryFunction.Swish or UnaryFunction.HardSwish or UnaryFunction.Softplus
                when Function != UnaryFunction.Swish || Alpha > 0:
                return InterpolatedTable.ReluDelta(context.Quantization(0).Scale, context.Output, Exactly) is { } step
                    ? context.Kernel(LookupTable.Map(context.StoredCount(context.Shape(0)), step), 0)
                    : LookupTable.Lower(context, 0, Exactly);
            default:
                return LookupTable.Lower(context, 0, Exactly);
        }
    }

    private bool WorksOnIntegers => Function is UnaryFunction.Absolute or UnaryFunction.Negate or UnaryFunction.Sign
        or UnaryFunction.Clip or UnaryFunction.Floor or UnaryFunction.Ceiling or UnaryFunction.Round;

    // Opset 20 chooses between the two functions by an attribute.
    private static Unary ReadGelu(AttributeReader a) => a.Text("approximate", "none") switch
    {
        "none" => new(UnaryFunction.Gelu),
        "tanh" => new(UnaryFunction.GeluTanh),
        var other => throw OperatorException.Invalid($"Gelu's approximate is none or tanh, not {other}."),
    };

    private string ClipByInputs(Canonicalizer context)
    {
        string x = context.Input(0);
        bool isFloat = context.Type(0).Element.IsFloat();
        if (isFloat && (!context.Has(1) || context.Constant(1) is not null) && (!context.Has(2) || context.Constant(2) is not null))
        {
            float lo = (float?)context.Constant(1)?.Number(0) ?? Alpha, hi = (float?)context.Constant(2)?.Number(0) ?? Beta;
            return context.Add(new Unary(UnaryFunction.Clip, lo, hi), x);
        }

        if (context.Has(1))
            x = context.Add(new Binary(BinaryFunction.Maximum, Activation.None), x, context.Input(1));
        return context.Has(2) ? context.Add(new Binary(BinaryFunction.Minimum, Activation.None), x, context.Input(2)) : x;
    }

    private Tensor EvaluateIntegers(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        Int128 lo = context.Optional(1)?.Wide(0) ?? Bound(Alpha), hi = context.Optional(2)?.Wide(0) ?? Bound(Beta);
        return Elementwise.MapIntegers(x, value => Function switch
        {
            UnaryFunction.Absolute => Int128.Abs(value),
            UnaryFunction.Negate => -value,
            UnaryFunction.Sign => Int128.Sign(value),
            UnaryFunction.Clip => Int128.Min(Int128.Max(value, lo), hi),
            UnaryFunction.Floor or UnaryFunction.Ceiling or UnaryFunction.Round => value,
            _ => throw OperatorException.Invalid($"{Name} needs a float input, not {x}. Cast it."),
        });
    }

    private static Int128 Bound(float value) => (Int128)Math.Clamp((double)value, -1e20, 1e20);
}
