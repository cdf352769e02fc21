using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// MMCV's deformable convolutions as they are exported, <c>mmcv::MMCVDeformConv2d</c> (x, offsets, weights) and
/// <c>mmcv::MMCVModulatedDeformConv2d</c> (x, offsets, mask, weights, bias): a <see cref="DeformConv"/> with other names. Strides, pads and
/// dilations are pairs, pads alike on both sides.
/// </summary>
/// <param name="Modulated">With a mask, and a bias where there is one.</param>
public sealed record MmcvDeformConv(bool Modulated, EquatableArray<int> Strides, EquatableArray<int> Pads, EquatableArray<int> Dilations, int Groups, int OffsetGroups) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("mmcv-deform-conv", "MMCVDeformConv2d", a => Read(a, false)) { Domain = "mmcv" },
        new("mmcv-modulated-deform-conv", "MMCVModulatedDeformConv2d", a => Read(a, true)) { Domain = "mmcv" },
    ];

    public override string Name => Modulated ? "mmcv-modulated-deform-conv" : "mmcv-deform-conv";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        [("stride", Strides), ("padding", Pads), ("dilation", Dilations), ("groups", Groups), ("deform_groups", OffsetGroups)];

    public override ImmutableArray<TensorType> Infer(InferContext context) => Standard.Infer(new(
        [.. Ordered(context.Count).Select(i => context.Has(i) ? context.Input(i) : null)], [.. Ordered(context.Count).Select(context.Constant)], 1));

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        [context.Add(Standard, [.. Ordered(context.Count).Select(i => context.Has(i) ? context.Input(i) : "").Reverse().SkipWhile(name => name.Length == 0).Reverse()])];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) =>
        Standard.Evaluate(new([.. Ordered(Modulated ? 5 : 3).Select(context.Optional)], 1));

    private static MmcvDeformConv Read(AttributeReader a, bool modulated)
    {
        a.Has("im2col_step"); // how its kernel divides a batch
        return new(modulated, Pair(a, "stride", 1), Pair(a, "padding", 0), Pair(a, "dilation", 1), a.Int("groups", 1), a.Int("deform_groups", 1));
    }

    private static EquatableArray<int> Pair(AttributeReader a, string name, int usual) => a.Ints(name) switch
    {
        [] => [usual, usual],
        [var both] => [both, both],
        var pair => pair,
    };

    private DeformConv Standard => new(
        new([], Strides, Dilations, [.. Pads, .. Pads]), Groups, OffsetGroups, Rounded: false, Square: false, float.NegativeInfinity, float.PositiveInfinity,
        Activation.None, BiasThird: false, ChannelsLast: false);

    // x, weights, offsets, bias, mask, by their places here; a place behind the last input is an absent one.
    private int[] Ordered(int count) => Modulated ? [0, 3, 1, 4, 2] : [0, 2, 1, count, count];
}
