using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// x / √(mean of squares + ε) · scale over all axes from one on. Canonical, the scale is a constant of exactly the normalised
/// extents.
/// </summary>
public sealed record RmsNormalization(int Axis, float Epsilon) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("rms-normalization", "RMSNormalization", Read),
        new("simplified-layer-normalization", "SimplifiedLayerNormalization", Read), // the name before opset 23, from ONNX Runtime
    ];

    public override string Name => "rms-normalization";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        Epsilon == 1e-5f ? [("axis", Axis)] : [("axis", Axis), ("epsilon", Epsilon)];

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool HasWideForm => true;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        Shape row = Normalized(x.Shape);
        if (Extents.Broadcast(row, context.Shape(1)) != row)
            throw OperatorException.Invalid($"RMSNormalization over {row} has a scale {context.Shape(1)}.");
        if (context.Outputs > 1)
            throw OperatorException.Unsupported("RMSNormalization gives its deviation, which only training needs. Remove that output.");
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0), row = Normalized(x);
        var canonical = new RmsNormalization(Extents.Axis(Axis, x.Rank), Epsilon);
        if (context.Constant(1) is not { } scale)
        {
            string normal = context.Add(canonical, context.Input(0), context.AddConstant("ones", LayerNormalization.Ones(row)));
            return [context.Add(new Binary(BinaryFunction.Multiply, Activation.None), normal, context.Input(1))];
        }

        if (scale.Shape == row)
            return this == canonical ? null : [context.Add(canonical, context.Input(0), context.Input(1))];
        return [context.Add(canonical, context.Input(0), context.AddConstant("scale", LayerNormalization.Expand(scale, row)))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        var step = new FloatLayerNormStep(false, Epsilon, LayerNormalization.Expand(context.Input(1), Normalized(x.Shape)), null);
        var kernel = new GroupNormKernel(step, LayerNormalization.Rows(x.Shape, Extents.Axis(Axis, x.Shape.Rank)));
        return [KernelRunner.Run(kernel, [x.ToF32()], ElementType.F32, x.Shape).ConvertTo(x.Element)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        Shape x = context.Shape(0);
        return NormalizationLowering.Lower(
            context, LayerNormalization.Rows(x, Extents.Axis(Axis, x.Rank)), false, Epsilon, context.RequireConstant(1, "scale"), null);
    }

    private static RmsNormalization Read(AttributeReader a)
    {
        a.Has("stash_type"); // the precision of the statistics: single or better here
        return new(a.Int("axis", -1), a.Float("epsilon", 1e-5f));
    }

    private Shape Normalized(Shape x) => [.. x.Skip(Extents.Axis(Axis, x.Rank))];
}
