using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Convolution with optional groups, dilation and a fused clamp. ONNX: x [N,C,H,W], weights [M,C/groups,kH,kW], bias [M].
/// Channels-last: x [N,H,W,C], weights [M,kH,kW,C/groups]. One spatial axis is lifted to two while canonicalizing.
/// </summary>
public sealed record Conv(WindowAttributes Window, int Groups, Activation Activation, bool ChannelsLast) : Operator
{
    public static readonly OpDef Def = new("conv", "Conv", a =>
        new Conv(WindowAttributes.Read(a), a.Int("group", 1), Activation.Read(a), a.Flag("channels_last")));

    public override string Name => "conv";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
    [
        .. Window.Attributes,
        .. Groups == 1 ? [] : new (string, AttributeValue)[] { ("group", Groups) },
        .. Activation.Attributes,
        .. ChannelsLast ? new (string, AttributeValue)[] { ("channels_last", true) } : [],
    ];

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool HasExactSums => Activation.IsNone;

    public override bool HasWideForm => true;

    public override OperandRole RoleOf(int input) => input switch
    {
        0 => OperandRole.Activation,
        1 => OperandRole.Weight(axis: 0),
        _ => OperandRole.Bias,
    };

    public override Operator? Clamped(Activation next) => this with { Activation = Activation.Then(next) };

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        Shape x = context.Shape(0), w = context.Shape(1);
        if (x.Rank < 3 || x.Rank != w.Rank)
            throw OperatorException.Invalid($"Conv needs an input [N,C,…] and weights of the same rank, not {x} and {w}.");
        int channels = ChannelsLast ? x[^1] : x[1], perGroup = ChannelsLast ? w[^1] : w[1];
        if (Groups < 1 || channels != perGroup * Groups || w[0] % Groups != 0)
            throw OperatorException.Invalid($"Conv has {channels} input channels, weights {w} and {Groups} groups, which do not fit.");
        if (context.Has(2) && context.Shape(2).ElementCount != w[0])
            throw OperatorException.Invalid($"Conv has {w[0]} output channels but a bias {context.Shape(2)}.");
        int[] spatial = Window.Resolve(Spatial(x), Spatial(w)).Output;
        return [new(context.Input(0).Element, ChannelsLast ? [x[0], .. spatial, w[0]] : [x[0], w[0], .. spatial])];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0), w = context.Shape(1);
        WindowAttributes resolved = Window.Resolve(Spatial(x), Spatial(w)).Attributes;
        if (x.Rank == 4)
            return resolved == Window ? null : [context.Add(this with { Window = resolved }, Inputs(context, context.Input(0), context.Input(1)))];
        if (x.Rank != 3)
            throw OperatorException.Unsupported($"Conv over {x.Rank - 2} spatial axes is not supported. Use one or two.");
        string lifted = context.Add(new Reshape([x[0], x[1], 1, x[2]]), context.Input(0));
        string weights = context.Add(new Reshape([w[0], w[1], 1, w[2]]), context.Input(1));
        string y = context.Add(this with { Window = resolved.Lift() }, Inputs(context, lifted, weights));
        return [context.Add(new Reshape([.. context.OutputType().Shape]), y)];
    }

    public override bool NeedsChannelsLast => true;

    public override Operator? ToChannelsLast(InferContext context) => this with { ChannelsLast = true };

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), w = context.Input(1);
        Tensor bias = context.Optional(2) ?? Tensor.Zeros(ElementType.F32, [w.Shape[0]]);
        if (x.Shape.Rank == 3)
        {
            Tensor lifted = x.Reshape([x.Shape[0], x.Shape[1], 1, x.Shape[2]]);
            Tensor lowered = (this with { Window = Window.Resolve(Spatial(x.Shape), Spatial(w.Shape)).Attributes.Lift() })
                .Evaluate(new([lifted, w.Reshape([w.Shape[0], w.Shape[1], 1, w.Shape[2]]), bias], 1))[0];
            return [lowered.Reshape([lowered.Shape[0], lowered.Shape[1], lowered.Shape[3]])];
        }

        Tensor last = ChannelsLast ? x : x.Transpose([0, 2, 3, 1]);
        Tensor weights = ChannelsLast ? w : w.Transpose([0, 2, 3, 1]);
        WindowGeometry geometry = Geometry(last.Shape, weights.Shape);
        Tensor y = Tensor.Zeros(ElementType.F32, [geometry.Batch, geometry.OutHeight, geometry.OutWidth, geometry.OutChannels]);
        RowSplit.Run(geometry.Batch * geometry.OutHeight, (long)y.Count * (weights.Count / Math.Max(weights.Shape[0], 1)), (first, end) => FloatWindow.Convolve(
            geometry, last.Span<float>(), weights.Span<float>(), bias.Span<float>(), Activation.Lo, Activation.Hi, y.Span<float>(), first, end));
        return [ChannelsLast ? y : y.Transpose([0, 3, 1, 2])];
    }

    public override Lowered Lower(LoweringContext context)
    {
        if (!ChannelsLast)
            throw new OperatorException("EC4003", "Conv must be channels-last to be lowered. Run the pass channels-last first.");
        Tensor weights = context.RequireConstant(1, "weights");
        WindowGeometry g = Geometry(context.Shape(0), weights.Shape);
        Tensor bias = context.Constant(2) ?? Tensor.Zeros(context.IsQuantized ? ElementType.I32 : ElementType.F32, [g.OutChannels]);
        Finish finish = Activation.Finish;
        int zero = 0;
        WeightGroups? groups = null;
        if (context.IsQuantized)
        {
            zero = context.Quantization(0).Zero;
            groups = WeightGroups.Of(context.Quantization(1), g.OutChannels);
            finish = context.Finisher is { } stated
                ? stated.FinishWeighted(context, weights, context.Constant(2), g.OutChannels)
                : Scaling.Finish(context, context.Quantization(0), context.Quantization(1), g.OutChannels, Activation);
        }

        bool pointwise = g is { KernelHeight: 1, KernelWidth: 1, StrideX: 1, StrideY: 1, Groups: 1, PadLeft: 0, PadTop: 0 }
            && g.OutHeight == g.Height && g.OutWidth == g.Width;
        weights = WeightPacking.Narrow(context, weights);
        if (!pointwise)
            return context.Kernel(new WindowKernel(WindowMode.Convolution, g, weights, bias, finish, zero, Groups: groups), 0);
        var dense = new MatmulGeometry(1, g.Batch * g.Height * g.Width, g.Channels, g.OutChannels, RightTransposed: true, BroadcastLeft: false, BroadcastRight: true);
        return context.Kernel(new MatmulKernel(dense, weights.Reshape([g.OutChannels, g.Channels]), bias, finish, zero, Groups: groups), 0);
    }

    public override long Macs(InferContext context)
    {
        Shape w = context.Shape(1);
        return Infer(context)[0].Shape.ElementCount * (w.ElementCount / w[0]);
    }

    private WindowGeometry Geometry(Shape x, Shape w) =>
        Window.Geometry(x, w[0], [w[1], w[2]], Groups);

    private int[] Spatial(Shape shape) => ChannelsLast ? shape.ToArray()[1..^1] : shape.ToArray()[2..];

    private static ImmutableArray<string> Inputs(Canonicalizer context, string x, string w) =>
        context.Has(2) ? [x, w, context.Input(2)] : [x, w];
}
