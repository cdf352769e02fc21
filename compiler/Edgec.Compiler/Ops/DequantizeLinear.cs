using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// ONNX's DequantizeLinear: integers to float, <c>(q - zero) · scale</c>, with the scale as input 1 and the zero point as
/// input 2. Canonical in two places: over a constant, so that the very integers and scales of weights and biases survive,
/// and over an integer input of the graph. Elsewhere it becomes a <see cref="FakeQuantize"/> with the
/// <see cref="QuantizeLinear"/> that made the integers, through whatever moves or selects them between.
/// </summary>
/// <param name="Axis">The axis of the scales where there are several.</param>
/// <param name="BlockSize">Above 0, elements along the axis that share a scale.</param>
public sealed record DequantizeLinear(int Axis = QuantizeLinear.DefaultAxis, int BlockSize = 0) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("dequantize-linear", "DequantizeLinear", Read),
        new("contrib-dequantize-linear", "DequantizeLinear", Read) { Domain = "com.microsoft" },
    ];

    public override string Name => "dequantize-linear";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Axis != QuantizeLinear.DefaultAxis)
                yield return ("axis", Axis);
            if (BlockSize != 0)
                yield return ("block_size", BlockSize);
        }
    }

    public override bool Folds => false;

    public override QuantizationRule Quantization => QuantizationRule.Stated;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0), scale = context.Input(1);
        if (x.Element.IsFloat() || x.Element == ElementType.Bool)
            throw OperatorException.Invalid($"DequantizeLinear needs integers, not {x}.");
        if (!scale.Element.IsFloat())
            throw OperatorException.Invalid($"The scale of DequantizeLinear is {scale}. Make it a float.");
        if (context.Has(2) && context.Input(2).Element != x.Element)
            throw OperatorException.Invalid($"DequantizeLinear reads {x.Element.Text()} but its zero point is {context.Input(2).Element.Text()}. Give both one type.");
        return [new(scale.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Quantization stated = Stated(context.Infer);
        int axis = stated.Axis < 0 ? QuantizeLinear.DefaultAxis : stated.Axis;
        if (axis != Axis)
            return [context.Add(this with { Axis = axis }, context.Inputs)];
        if (context.Constant(0) is not null || context.Producer(context.Input(0)) is not { } before)
            return null;
        if (before.Op is QuantizeLinear quantize)
            return [Behind(context, quantize.Stated(context.InferOf(before)), stated, before.Inputs[0])];
        if (Narrowed(context, before) is { } narrowed)
            return [Behind(context, narrowed.Quantize, stated, narrowed.Source)];
        return Moved(context, before, stated) is { } moved ? [moved] : null;
    }

    public override Operator? ToChannelsLast(InferContext context) => this with { Axis = Extents.ChannelsLast(Axis) };

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) =>
        [Value(context.Input(0), Stated(context.Infer)).ConvertTo(context.Input(1).Element)];

    public override Lowered Lower(LoweringContext context) => throw new OperatorException(
        "EC4001", "Integers whose scale the model states have no kernel in float. Compile with --precision w8a8.");

    /// <summary>The quantization of its input.</summary>
    /// <exception cref="OperatorException">The scale is not known at compile time, or no scale for this tensor.</exception>
    public Quantization Stated(InferContext context)
    {
        if (BlockSize != 0)
            throw OperatorException.Unsupported("Scales for blocks of an axis are not supported. Quantize per tensor or per channel.");
        Tensor? zero = context.Has(2) ? context.RequireConstant(2, "zero point") : null;
        return LinearScale.Of(context.RequireConstant(1, "scale"), zero, context.Shape(0), Axis);
    }

    /// <summary>The reals that integers stand for.</summary>
    public static Tensor Value(Tensor integers, Quantization stated)
    {
        Tensor real = Tensor.Zeros(ElementType.F32, integers.Shape);
        LinearScale.ForEachRun(integers.Shape, stated, (start, count, channel) =>
        {
            Span<float> values = real.Span<float>().Slice(start, count);
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(integers.Integer(start + i) - stated.Zeros[channel]) * (float)stated.Scales[channel];
        });
        return real;
    }

    /// <summary>Adds the canonical node that dequantizes a value.</summary>
    public static string Add(Canonicalizer context, string integers, Quantization stated)
    {
        Shape shape = stated.Axis < 0 ? [] : [stated.Scales.Count];
        string scale = context.AddConstant("scale", Tensor.Of(shape, [.. stated.Scales.Select(s => (float)s)]));
        Tensor zeros = Tensor.Of(shape, [.. stated.Zeros]).ConvertTo(context.TypeOf(integers).Element);
        var op = new DequantizeLinear(stated.Axis < 0 ? QuantizeLinear.DefaultAxis : stated.Axis);
        return context.Add(op, integers, scale, context.AddConstant("zero", zeros));
    }

    /// <summary>
    /// A reshape or transpose of a dequantized constant as a dequantized constant; null if the input is none, or the scales
    /// lie along no axis of the result.
    /// </summary>
    /// <param name="axisOf">The axis of the result in which an axis of the input is found.</param>
    public static string? Behind(Canonicalizer context, Operator move, Func<int, int?> axisOf)
    {
        if (context.Producer(context.Input(0)) is not { Op: DequantizeLinear dequantize } before || context.ConstantOf(before.Inputs[0]) is null)
            return null;
        Quantization stated = dequantize.Stated(context.InferOf(before));
        int axis = QuantizeLinear.DefaultAxis;
        if (stated.Axis >= 0)
        {
            if (axisOf(stated.Axis) is not { } found)
                return null;
            axis = found;
        }

        string moved = context.Add(move, before.Inputs[0]);
        return context.Add(new DequantizeLinear(axis), [moved, .. before.Inputs[1..]]);
    }

    // dequantize(quantize(x)); where their scales differ the integers take on another meaning in between.
    private static string Behind(Canonicalizer context, FakeQuantize quantize, Quantization stated, string source)
    {
        string value = context.Add(quantize, source);
        if (quantize.Stated == stated)
            return value;
        if (quantize.Stated.Zeros != stated.Zeros || stated.Axis >= 0 || quantize.Stated.Axis >= 0)
            throw OperatorException.Unsupported("DequantizeLinear has another zero point or other axes than the QuantizeLinear before it. Give both the same.");
        Tensor ratio = Tensor.Scalar((float)(stated.Scale / quantize.Stated.Scale));
        return context.Add(new Binary(BinaryFunction.Multiply, Activation.None), value, context.AddConstant("ratio", ratio));
    }

    // Clips of integers, as QCDQ has them, narrow the range of the QuantizeLinear they read.
    private static (FakeQuantize Quantize, string Source)? Narrowed(Canonicalizer context, Node node)
    {
        int lo = int.MinValue, hi = int.MaxValue;
        for (; ; )
        {
            switch (node.Op)
            {
                case QuantizeLinear quantize:
                    FakeQuantize stated = quantize.Stated(context.InferOf(node));
                    (lo, hi) = (Math.Max(stated.Lo, lo), Math.Min(stated.Hi, hi));
                    return lo <= hi ? (stated with { Lo = lo, Hi = hi }, node.Inputs[0]) : null;
                case Binary { Function: BinaryFunction.Maximum or BinaryFunction.Minimum } binary
                    when node.Inputs is [var x, var y] && context.ConstantOf(y) is { Count: 1 } bound && context.TypeOf(x).Shape == context.TypeOf(node.Output).Shape:
                    int number = (int)Math.Clamp(bound.Integer(0), int.MinValue, int.MaxValue);
                    // Bounds further in have been applied before.
                    (lo, hi) = binary.Function == BinaryFunction.Maximum ? (Math.Max(lo, Math.Min(number, hi)), hi) : (lo, Math.Min(hi, Math.Max(number, lo)));
                    break;
                default:
                    return null;
            }

            if (context.Producer(node.Inputs[0]) is not { } next)
                return null;
            node = next;
        }
    }

    // dequantize(move(q)) = move(dequantize(q)): until the integers' source stands before it.
    private string? Moved(Canonicalizer context, Node before, Quantization stated)
    {
        var op = (Operator)before.Op;
        if (op.Quantization is not SharedRule || before.Outputs.Length != 1 || stated.Axis >= 0)
            return null;
        if (op is Pad { Mode: "constant" } pad)
        {
            if (before.Inputs.Length > 1)
                return null;
            op = pad with { Value = ((float)(pad.Value - stated.Zero)) * (float)stated.Scale };
        }

        ImmutableArray<string> inputs = [.. before.Inputs.Select((input, i) =>
            input.Length > 0 && op.RoleOf(i) is ActivationRole ? context.Add(this, [input, .. context.Inputs[1..]]) : input)];
        return context.Add(op, inputs);
    }

    private static DequantizeLinear Read(AttributeReader a)
    {
        a.Has("output_dtype"); // a float type; computed in single precision
        return new DequantizeLinear(a.Int("axis", QuantizeLinear.DefaultAxis), a.Int("block_size", 0));
    }
}
