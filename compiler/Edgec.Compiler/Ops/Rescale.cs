using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Integers to integers at another scale, of another width or within narrower bounds. The quantizer inserts it; in float mathematics it is
/// the clamp alone.
/// </summary>
public sealed record Rescale(Activation Activation) : Operator
{
    public static readonly OpDef Def = new("rescale", null, a => new Rescale(Activation.Read(a)));

    public override string Name => "rescale";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Activation.Attributes;

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool HasWideForm => true;

    public override bool Folds => false;

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(context.Input(0).Element, context.Shape(0))];

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => Activation.IsNone
        ? [context.Input(0)]
        : new Unary(UnaryFunction.Clip, Activation.Lo, Activation.Hi).Evaluate(context);

    public override Lowered Lower(LoweringContext context) => Lower(context, Activation);

    /// <summary>A rescale with a clamp: a table from i8 to i8, else one requantization.</summary>
    internal static KernelLowered Lower(LoweringContext context, Activation activation)
    {
        Quantization x = context.Quantization(0);
        if (context.Input(0).Element == ElementType.I8 && context.Output.Element == ElementType.I8)
            return LookupTable.Lower(context, 0, value => value, activation);
        IntegerFinish finish = Scaling.Finish(context, [x.Scale / context.Output.Quantization!.Scale], activation);
        return context.Kernel(LookupTable.Map(context.StoredCount(context.Shape(0)), new RescaleStep(x.Zero, finish)), 0);
    }
}
