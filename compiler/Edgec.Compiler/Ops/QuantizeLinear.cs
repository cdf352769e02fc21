using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// ONNX's QuantizeLinear: float to integers, <c>saturate(round(x / scale) + zero)</c>, ties to even, with the scale as input 1
/// and the zero point as input 2. It stays only where the integers leave the graph; followed by a
/// <see cref="DequantizeLinear"/> it becomes a <see cref="FakeQuantize"/>.
/// </summary>
/// <param name="Axis">The axis of the scales where there are several.</param>
/// <param name="BlockSize">Above 0, elements along the axis that share a scale.</param>
/// <param name="OutputType">ONNX's number of the integer type; 0 for the zero point's, u8 without one.</param>
public sealed record QuantizeLinear(int Axis = QuantizeLinear.DefaultAxis, int BlockSize = 0, int OutputType = 0) : Operator
{
    public const int DefaultAxis = 1;

    private const int UnsignedByte = 2;

    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("quantize-linear", "QuantizeLinear", Read),
        new("contrib-quantize-linear", "QuantizeLinear", Read) { Domain = "com.microsoft" },
    ];

    public override string Name => "quantize-linear";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Axis != DefaultAxis)
                yield return ("axis", Axis);
            if (BlockSize != 0)
                yield return ("block_size", BlockSize);
            if (OutputType != 0)
                yield return ("output_dtype", OutputType);
        }
    }

    public override QuantizationRule Quantization => QuantizationRule.Stated;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        context.Input(1);
        if (!x.Element.IsFloat())
            throw OperatorException.Invalid($"QuantizeLinear needs a float input, not {x}.");
        return [new(Range(context.Has(2) ? context.Input(2).Element : null).Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Stated(context.Infer);
        return null;
    }

    public override Operator? ToChannelsLast(InferContext context) => this with { Axis = Extents.ChannelsLast(Axis) };

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) =>
        [Stated(context.Infer).Integers(context.Input(0), Infer(context.Infer)[0].Element)];

    public override Lowered Lower(LoweringContext context) => throw new OperatorException(
        "EC4001", "An integer output of the model has no kernel in float. Compile with --precision w8a8.");

    /// <summary>What it does to reals, its integers dequantized again by the same scale.</summary>
    /// <exception cref="OperatorException">The scale is not known at compile time, or no scale for this tensor.</exception>
    public FakeQuantize Stated(InferContext context)
    {
        if (BlockSize != 0)
            throw OperatorException.Unsupported("Scales for blocks of an axis are not supported. Quantize per tensor or per channel.");
        Tensor? zero = context.Has(2) ? context.RequireConstant(2, "zero point") : null;
        Quantization stated = LinearScale.Of(context.RequireConstant(1, "scale"), zero, context.Shape(0), Axis);
        (_, int lo, int hi) = Range(zero?.Element);
        return new(stated, lo, hi);
    }

    private (ElementType Element, int Lo, int Hi) Range(ElementType? zero)
    {
        int code = OutputType != 0 ? OutputType : zero is { } element ? LinearScale.CodeOf(element) : UnsignedByte;
        (ElementType Element, int Lo, int Hi) range = LinearScale.TypeOf(code);
        if (zero is not null && zero != range.Element)
            throw OperatorException.Invalid($"QuantizeLinear yields {range.Element.Text()} but its zero point is {zero.Value.Text()}. Give both one type.");
        return range;
    }

    private static QuantizeLinear Read(AttributeReader a)
    {
        a.Has("saturate"); // concerns the 8-bit floats only
        a.Has("precision"); // of x / scale; single here
        return new QuantizeLinear(a.Int("axis", DefaultAxis), a.Int("block_size", 0), a.Int("output_dtype", 0));
    }
}
