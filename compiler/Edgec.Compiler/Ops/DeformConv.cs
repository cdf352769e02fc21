using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Convolution whose taps data move: x [N,C,H,W], weights [M,C/groups,kH,kW], offsets [N,OffsetGroups·kH·kW·2,oH,oW] in pixels, pairs
/// (dy, dx) in the order of the taps, mask [N,OffsetGroups·kH·kW,oH,oW]; samples are bilinear, and 0 outside the image.
/// </summary>
/// <param name="Rounded">Offsets are rounded to whole pixels, floor(d + 1/2): samples are elements.</param>
/// <param name="Square">Offsets are [N,OffsetGroups,oH,oW]: one number s moves tap (ky, kx) by s · (ky - kH/2, kx - kW/2). Kernels are odd.</param>
/// <param name="Lo">Offsets, or s, are clamped to [Lo, Hi]; infinite where nothing bounds them. Rounded ones to the whole numbers inside.</param>
/// <param name="BiasThird">Inputs are x, weights, bias, offsets, mask, as convolutions have them. ONNX has the bias behind the offsets.</param>
public sealed record DeformConv(
    WindowAttributes Window, int Groups, int OffsetGroups, bool Rounded, bool Square, float Lo, float Hi, Activation Activation, bool BiasThird, bool ChannelsLast)
    : Operator
{
    /// <summary>Fraction bits of offsets that are not rounded, as integers (docs/numerics.md §6).</summary>
    public const int FractionBits = 4;

    private const int Offset = 3, Mask = 4;

    public static readonly OpDef Def = new("deform-conv", "DeformConv", a =>
    {
        EquatableArray<float> bound = a.Floats("bound");
        return new DeformConv(
            WindowAttributes.Read(a), a.Int("group", 1), a.Int("offset_group", 1), a.Flag("rounded"), a.Flag("square"),
            bound is [var lo, _] ? lo : float.NegativeInfinity, bound is [_, var hi] ? hi : float.PositiveInfinity,
            Activation.Read(a), a.Flag("bias_third"), a.Flag("channels_last"));
    });

    public override string Name => "deform-conv";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
    [
        .. Window.Attributes,
        .. Groups == 1 ? [] : new (string, AttributeValue)[] { ("group", Groups) },
        .. OffsetGroups == 1 ? [] : new (string, AttributeValue)[] { ("offset_group", OffsetGroups) },
        .. Rounded ? new (string, AttributeValue)[] { ("rounded", true) } : [],
        .. Square ? new (string, AttributeValue)[] { ("square", true) } : [],
        .. IsBounded ? new (string, AttributeValue)[] { ("bound", new FloatsValue([Lo, Hi])) } : [],
        .. Activation.Attributes,
        .. BiasThird ? new (string, AttributeValue)[] { ("bias_third", true) } : [],
        .. ChannelsLast ? new (string, AttributeValue)[] { ("channels_last", true) } : [],
    ];

    /// <summary>True if something bounds the offsets on a side.</summary>
    public bool IsBounded => !float.IsNegativeInfinity(Lo) || !float.IsPositiveInfinity(Hi);

    // Offsets that are rounded stay whole where they are clamped.
    private float Least => Rounded ? MathF.Ceiling(Lo) : Lo;

    private float Most => Rounded ? MathF.Floor(Hi) : Hi;

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override OperandRole RoleOf(int input) => input switch
    {
        0 => OperandRole.Activation,
        1 => OperandRole.Weight(axis: 0),
        2 => OperandRole.Bias,
        Offset => new OffsetRole(Rounded ? 0 : FractionBits, Lo, Hi),
        _ => new MaskRole(),
    };

    public override double ProductScale(Func<int, Quantization?> operand) => operand(0)!.Scale * SampleScale(operand);

    public override Operator? Clamped(Activation next) => this with { Activation = Activation.Then(next) };

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        (int bias, int offset) = BiasThird ? (2, Offset) : (3, 2);
        Shape x = context.Shape(0), w = context.Shape(1), moved = context.Shape(offset);
        if (x.Rank != 4 || w.Rank != 4 || moved.Rank != 4)
            throw OperatorException.Unsupported($"DeformConv of {x} with weights {w} and offsets {moved} is not supported. Use two spatial axes.");
        int channels = ChannelsLast ? x[3] : x[1], perGroup = ChannelsLast ? w[3] : w[1];
        if (Groups < 1 || channels != perGroup * Groups || w[0] % Groups != 0 || OffsetGroups < 1 || channels % OffsetGroups != 0)
            throw OperatorException.Invalid($"DeformConv has {channels} input channels, weights {w}, {Groups} groups and {OffsetGroups} offset groups, which do not fit.");
        if (context.Has(bias) && context.Shape(bias).ElementCount != w[0])
            throw OperatorException.Invalid($"DeformConv has {w[0]} output channels but a bias {context.Shape(bias)}.");
        int[] kernel = Spatial(w), spatial = Window.Resolve(Spatial(x), kernel).Output;
        if (Square && (kernel[0] % 2 == 0 || kernel[1] % 2 == 0))
            throw OperatorException.Invalid($"A square deformable convolution has an odd kernel, not {w}.");
        int samples = OffsetGroups * (Square ? 1 : kernel[0] * kernel[1]);
        RequireField("offsets", moved, x[0], Square ? samples : 2 * samples, spatial);
        if (context.Has(Mask))
            RequireField("mask", context.Shape(Mask), x[0], OffsetGroups * kernel[0] * kernel[1], spatial);
        return [new(context.Input(0).Element, ChannelsLast ? [x[0], .. spatial, w[0]] : [x[0], w[0], .. spatial])];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        WindowAttributes resolved = Window.Resolve(Spatial(context.Shape(0)), Spatial(context.Shape(1))).Attributes;
        if (BiasThird)
            return resolved == Window ? null : [context.Add(this with { Window = resolved }, context.Inputs)];
        string bias = context.Has(3) ? context.Input(3)
            : context.AddConstant("bias", Tensor.Zeros(context.Type(0).Element, [context.Shape(1)[0]]));
        ImmutableArray<string> mask = context.Has(Mask) ? [context.Input(Mask)] : [];
        return [context.Add(this with { Window = resolved, BiasThird = true }, [context.Input(0), context.Input(1), bias, context.Input(2), .. mask])];
    }

    public override bool NeedsChannelsLast => true;

    public override Operator? ToChannelsLast(InferContext context) => this with { ChannelsLast = true };

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        (int bias, int offset) = BiasThird ? (2, Offset) : (3, 2);
        Tensor x = Last(context.Input(0)), w = Last(context.Input(1)), moved = Last(context.Input(offset));
        WindowGeometry g = Geometry(x.Shape, w.Shape);
        var kernel = new DeformKernel(g, Sampling(Rounded ? 0 : FractionBits, Least, Most), context.Optional(Mask) is not null, w.ToF32(), context.Optional(bias)?.ToF32(), Activation.Finish);
        ImmutableArray<Tensor> operands = context.Optional(Mask) is { } mask ? [x.ToF32(), moved.ToF32(), Last(mask).ToF32()] : [x.ToF32(), moved.ToF32()];
        Tensor y = KernelRunner.Run(kernel, operands, ElementType.F32, [g.Batch, g.OutHeight, g.OutWidth, g.OutChannels]).ConvertTo(x.Element);
        return [ChannelsLast ? y : y.Transpose([0, 3, 1, 2])];

        Tensor Last(Tensor tensor) => ChannelsLast ? tensor : tensor.Transpose([0, 2, 3, 1]);
    }

    public override Lowered Lower(LoweringContext context)
    {
        if (!ChannelsLast)
            throw new OperatorException("EC4003", "DeformConv must be channels-last to be lowered. Run the pass channels-last first.");
        Tensor weights = context.RequireConstant(1, "weights"), bias = context.RequireConstant(2, "bias");
        WindowGeometry g = Geometry(context.Shape(0), weights.Shape);
        bool masked = context.Has(Mask);
        ImmutableArray<int> operands = masked ? [0, Offset, Mask] : [0, Offset];
        if (!context.IsQuantized)
            return context.Kernel(new DeformKernel(g, Sampling(Rounded ? 0 : FractionBits, Least, Most), masked, weights, bias, Activation.Finish), operands);
        Quantization x = context.Quantization(0), w = context.Quantization(1);
        if (w.Groups is not null)
            throw new OperatorException("EC4001", "A deformable convolution has no kernel for weights with groups of scales. Leave `group` out of its precision.");
        int fraction = (int)Math.Round(-Math.Log2(context.Quantization(Offset).Scale));
        if (fraction is < 0 or > 7 || context.Quantization(Offset) != Ir.Quantization.PerTensor(Math.ScaleB(1, -fraction), 0))
            throw new OperatorException("EC3001", "Offsets as integers have the scale 2^-F, F from 0 to 7, and the zero point 0. Quantize them so.");
        (int lo, int hi) = context.Input(Offset).Element.Range();
        double ratio = x.Scale * SampleScale(input => context.Has(input) ? context.Quantization(input) : null) / context.Output.Quantization!.Scale;
        double[] ratios = [.. Enumerable.Range(0, w.Axis < 0 ? 1 : g.OutChannels).Select(c => ratio * w.ScaleOf(c))];
        DeformSampling sampling = Sampling(fraction, Steps(Least), Steps(Most));
        return context.Kernel(
            new DeformKernel(g, sampling, masked, WeightPacking.Narrow(context, weights), bias, Scaling.Finish(context, ratios, Activation), x.Zero, masked ? context.Quantization(Mask).Zero : 0), operands);

        float Steps(float bound) => (float)Math.Clamp(Math.Round(Math.ScaleB(bound, fraction)), lo, hi);
    }

    public override long Macs(InferContext context)
    {
        Shape w = context.Shape(1);
        return Infer(context)[0].Shape.ElementCount * (w.ElementCount / w[0]);
    }

    // Of a sample as an integer, in the unit of x: it keeps the offsets' fraction bits, and a mask of 256 is 1.
    private static double SampleScale(Func<int, Quantization?> operand)
    {
        Quantization? mask = operand(Mask);
        return operand(Offset)!.Scale * (mask is null ? 1 : mask.Scale * IntegerDeform.FullMask);
    }

    private DeformSampling Sampling(int fraction, float lo, float hi) => new(OffsetGroups, Square, fraction, lo, hi);

    private WindowGeometry Geometry(Shape x, Shape w) => Window.Geometry(x, w[0], [w[1], w[2]], Groups);

    private int[] Spatial(Shape shape) => ChannelsLast ? shape.ToArray()[1..3] : shape.ToArray()[2..];

    private void RequireField(string what, Shape field, int batch, int channels, int[] spatial)
    {
        Shape wanted = ChannelsLast ? [batch, .. spatial, channels] : [batch, channels, .. spatial];
        if (field != wanted)
            throw OperatorException.Invalid($"DeformConv needs {what} {wanted}, not {field}.");
    }
}
