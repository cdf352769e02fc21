using System.Collections.Frozen;

namespace Edgec.Ops;

/// <summary>Every operator edgec knows, in alphabetical order. A test fails on one that is missing here.</summary>
public static class OpTable
{
    public static IReadOnlyList<OpDef> All { get; } =
    [
        .. ArgExtremum.Defs,
        Attention.Def,
        AveragePool.Def,
        BatchNormalization.Def,
        .. BiasGelu.Defs,
        .. Binary.Defs,
        BipolarQuant.Def,
        .. Bitwise.Defs,
        .. Branched.Defs,
        Cast.Def,
        CastLike.Def,
        .. Compare.Defs,
        Compress.Def,
        Concat.Def,
        Constant.Def,
        ConstantOfShape.Def,
        Conv.Def,
        ConvTranspose.Def,
        CumulativeSum.Def,
        DepthToSpace.Def,
        DeformConv.Def,
        .. DeltaGelu.Defs,
        Dequantize.Def,
        .. DequantizeLinear.Defs,
        Dropout.Def,
        DynamicQuantizeLinear.Def,
        Einsum.Def,
        Expand.Def,
        ExpertMatMul.Def,
        EyeLike.Def,
        FakeQuantize.Def,
        Flatten.Def,
        Gather.Def,
        GatherElements.Def,
        GatherND.Def,
        Gemm.Def,
        .. GlobalPool.Defs,
        .. GroupNormalization.Defs,
        Hardmax.Def,
        Identity.Def,
        If.Def,
        .. IntegerProduct.Defs,
        Interpolate.Def,
        LayerNormalization.Def,
        LocalResponseNormalization.Def,
        LpNormalization.Def,
        LpPool.Def,
        MatMul.Def,
        MaxPool.Def,
        Mean.Def,
        MeanVarianceNormalization.Def,
        .. MixtureOfExperts.Defs,
        Modulo.Def,
        .. MmcvDeformConv.Defs,
        MultiHeadAttention.Def,
        MultiThreshold.Def,
        NonZero.Def,
        OneHot.Def,
        Pad.Def,
        .. Predicate.Defs,
        ProjectedAttention.Def,
        QGemm.Def,
        .. QLinearBinary.Defs,
        QLinearConcat.Def,
        QLinearConv.Def,
        QLinearMatMul.Def,
        .. QLinearUnary.Defs,
        Quant.Def,
        Quantize.Def,
        .. QuantizeLinear.Defs,
        Range.Def,
        RankedIndices.Def,
        .. Reduce.Defs,
        Requantize.Def,
        RequantShift.Def,
        Rescale.Def,
        Reshape.Def,
        .. Resize.Defs,
        ReverseSequence.Def,
        .. RmsNormalization.Defs,
        ScaledDotProductAttention.Def,
        .. ScatterElements.Defs,
        ScatterND.Def,
        SelectedPositions.Def,
        ShapeOf.Def,
        SizeOf.Def,
        .. SkipLayerNormalization.Defs,
        Slice.Def,
        .. Softmax.Defs,
        SpaceToDepth.Def,
        Split.Def,
        Squeeze.Def,
        Thresholds.Def,
        Tile.Def,
        TopK.Def,
        Transpose.Def,
        Trilu.Def,
        Trunc.Def,
        .. Unary.Defs,
        Unsqueeze.Def,
        Where.Def,
    ];

    private static readonly FrozenDictionary<string, OpDef> ByText = All.ToFrozenDictionary(def => def.Text);

    private static readonly FrozenDictionary<(string Domain, string Name), OpDef> ByOnnx =
        All.Where(def => def.Onnx is not null)
            .SelectMany(def => def.AlsoIn.Prepend(def.Domain), (def, domain) => (Domain: domain, Def: def))
            .ToFrozenDictionary(entry => (entry.Domain, entry.Def.Onnx!), entry => entry.Def);

    /// <summary>The operator of that name in the text form, or null.</summary>
    public static OpDef? FindText(string name) => ByText.GetValueOrDefault(name);

    /// <summary>The ONNX operator, or null. <c>ai.onnx</c> is the empty domain.</summary>
    public static OpDef? FindOnnx(string domain, string name) =>
        ByOnnx.GetValueOrDefault((domain == "ai.onnx" ? "" : domain, name));
}
