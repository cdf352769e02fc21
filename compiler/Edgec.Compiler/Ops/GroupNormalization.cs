using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Normalises groups of channels of each image, then scales and shifts: inputs x [N,C,…] ([N,H,W,C] channels-last), scale and
/// bias, [C] or (up to opset 20) one for each group. Instance normalization has a group for each channel. Canonical, x has two
/// spatial axes and the parameters are constants [C]; other parameters are a product and a sum behind it.
/// </summary>
/// <param name="Groups">0 for one group for each channel.</param>
public sealed record GroupNormalization(int Groups, float Epsilon, bool ChannelsLast = false) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("group-normalization", "GroupNormalization", a =>
        {
            a.Has("stash_type"); // the precision of the statistics: single or better here
            return new GroupNormalization(a.Int("num_groups"), a.Float("epsilon", 1e-5f), a.Flag("channels_last"));
        }),
        new("instance-normalization", "InstanceNormalization", a =>
        {
            a.Has("consumed_inputs");
            return new GroupNormalization(0, a.Float("epsilon", 1e-5f), a.Flag("channels_last"));
        }),
    ];

    public override string Name => Groups == 0 ? "instance-normalization" : "group-normalization";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Groups != 0)
                yield return ("num_groups", Groups);
            if (Epsilon != 1e-5f)
                yield return ("epsilon", Epsilon);
            if (ChannelsLast)
                yield return ("channels_last", true);
        }
    }

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool HasWideForm => true;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override bool NeedsChannelsLast => true;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        for (int i = 1; i <= 2; i++)
            Check(x.Shape, context.Shape(i));
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        if (ChannelsLast)
            return null;
        if (context.Constant(1) is not { } scale || context.Constant(2) is not { } bias)
            return [Composition(context)];
        Shape channels = [x[1]];
        if (x.Rank == 4 && scale.Shape == channels && bias.Shape == channels && scale.Element == ElementType.F32 && bias.Element == ElementType.F32)
            return null;
        string lifted = x.Rank == 4
            ? context.Input(0)
            : context.Add(new Reshape(x.Rank == 3 ? [x[0], x[1], 1, x[2]] : [x[0], x[1], x[2], x.Product(3, x.Rank)]), context.Input(0));
        string y = context.Add(this, lifted, context.AddConstant("scale", Spread(scale, x[1])), context.AddConstant("bias", Spread(bias, x[1])));
        return [x.Rank == 4 ? y : context.Add(new Reshape([.. x]), y)];
    }

    public override Operator? ToChannelsLast(InferContext context) => context.Shape(0).Rank == 4 ? this with { ChannelsLast = true } : null;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        int channels = Channels(x.Shape);
        var step = new FloatLayerNormStep(true, Epsilon, Spread(context.Input(1), channels), Spread(context.Input(2), channels));
        Tensor last = ChannelsLast ? x.ToF32() : x.ToF32().Reshape([x.Shape[0], channels, x.Shape.Product(2, x.Shape.Rank)]).Transpose([0, 2, 1]);
        Tensor y = KernelRunner.Run(new GroupNormKernel(step, Geometry(x.Shape)), [last], ElementType.F32, last.Shape);
        return [(ChannelsLast ? y : y.Transpose([0, 2, 1])).Reshape(x.Shape).ConvertTo(x.Element)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        if (!ChannelsLast)
            throw new OperatorException("EC4003", $"{Name} must be channels-last to be lowered. Run the pass channels-last first.");
        return NormalizationLowering.Lower(
            context, Geometry(context.Shape(0)), true, Epsilon, context.RequireConstant(1, "scale"), context.RequireConstant(2, "bias"));
    }

    private int Channels(Shape x) => ChannelsLast ? x[^1] : x[1];

    private GroupGeometry Geometry(Shape x)
    {
        int channels = Channels(x), groups = Groups == 0 ? channels : Groups;
        int spatial = ChannelsLast ? x.Product(1, x.Rank - 1) : x.Product(2, x.Rank);
        return new(x[0], spatial, groups, channels / groups);
    }

    private void Check(Shape x, Shape parameter)
    {
        if (x.Rank < 3)
            throw OperatorException.Invalid($"{Name} needs an input [N,C,…], not {x}.");
        int channels = Channels(x), groups = Groups == 0 ? channels : Groups;
        if (groups < 1 || channels % groups != 0)
            throw OperatorException.Invalid($"{Name} cannot split {channels} channels into {groups} groups.");
        if (parameter.ElementCount != channels && parameter.ElementCount != groups)
            throw OperatorException.Invalid($"{Name} over {channels} channels in {groups} groups has a parameter {parameter}.");
    }

    // One number for each channel, from those of the channels or of the groups.
    private static Tensor Spread(Tensor parameter, int channels)
    {
        Tensor values = parameter.ToF32();
        return values.Count == channels
            ? values.Reshape([channels])
            : Tensor.Of([channels], [.. Enumerable.Range(0, channels).Select(c => values.Span<float>()[c * values.Count / channels])]);
    }

    // %y = add(mul(group-normalization(%x, ones, zeros), %scale), %bias), the parameters along the channels or the groups
    private string Composition(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        Tensor zeros = Tensor.Zeros(ElementType.F32, [x[1]]);
        string y = context.Add(this, context.Input(0), context.AddConstant("ones", LayerNormalization.Ones([x[1]])), context.AddConstant("zeros", zeros));
        y = Apply(BinaryFunction.Multiply, 1);
        return Apply(BinaryFunction.Add, 2);

        string Apply(BinaryFunction function, int input)
        {
            int count = (int)context.Shape(input).ElementCount;
            Shape around = count == x[1] ? x : [x[0], count, x.Product(1, x.Rank) / count];
            string grouped = around == x ? y : context.Add(new Reshape([.. around]), y);
            string parameter = context.Add(new Reshape([count, .. Enumerable.Repeat(1, around.Rank - 2)]), context.Input(input));
            string applied = context.Add(new Binary(function, Activation.None), grouped, parameter);
            return around == x ? applied : context.Add(new Reshape([.. x]), applied);
        }
    }
}
