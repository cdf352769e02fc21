using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// A layer with a thin branch in it: clamp(layer(x, weights, bias) + t · branchᵀ), where t [.., Rank] has a few values for each pixel or row of the result and
/// branch is [Outputs, Rank]. Inputs: x, weights, bias, t, branch. The two sums meet before they are rounded, so t has 16 bits
/// whatever the layer computes with. The quantizer makes it (docs/precision.md); no model has it.
/// </summary>
/// <param name="Layer">A channels-last convolution without groups, or a product with constant weights; its clamp comes last.</param>
public sealed record Branched(Operator Layer) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("branched-conv", null, a => new Branched(Conv.Def.Read(a))),
        new("branched-matmul", null, a => new Branched(MatMul.Def.Read(a))),
    ];

    public override string Name => $"branched-{Layer.Name}";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Layer.Attributes;

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool HasWideForm => true;

    public override OperandRole RoleOf(int input) => input switch
    {
        3 => OperandRole.WideActivation,
        4 => OperandRole.BranchWeight,
        _ => Layer.RoleOf(input),
    };

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType y = Layer.Infer(context)[0];
        Shape t = context.Shape(3), branch = context.Shape(4);
        if (branch.Rank != 2 || branch[0] != y.Shape[^1] || t != y.Shape.With(y.Shape.Rank - 1, branch[1]))
            throw OperatorException.Invalid($"A branch of {t} and weights {branch} does not fit the layer's result {y.Shape}.");
        return [y];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor sum = Unclamped.Evaluate(new([context.Input(0), context.Input(1), context.Input(2)], 1))[0];
        Tensor second = new MatMul(TransposeB: true, Activation.None).Evaluate(new([context.Input(3), context.Input(4)], 1))[0];
        return new Binary(BinaryFunction.Add, Clamp).Evaluate(new([sum, second], 1));
    }

    public override Lowered Lower(LoweringContext context)
    {
        if (!context.IsQuantized || context.Input(0).Element != context.Output.Element || context.Input(3).Element != ElementType.I16)
            throw new OperatorException("EC4001", $"{Name} computes on integers of one width with a branch of 16 bits only. Ask for a rank where weights have 4 bits.");
        Tensor weights = context.RequireConstant(1, "weights"), bias = context.RequireConstant(2, "bias"), branch = context.RequireConstant(4, "branch");
        Quantization x = context.Quantization(0), w = context.Quantization(1), t = context.Quantization(3), v = context.Quantization(4), y = context.Output.Quantization!;
        int outputs = branch.Shape[0];
        double[] ratios = [.. Enumerable.Range(0, outputs).Select(i => x.Scale * w.ScaleOf(i) / y.Scale)];
        double[] second = [.. Enumerable.Range(0, outputs).Select(i => t.Scale * v.ScaleOf(i) / y.Scale)];
        (int lo, int hi) = Clamp.Integers(context.Output);
        JoinedFinish finish = FixedPoint.Joined(ratios, second, y.Zero, lo, hi, context.Rounding) ?? throw Scaling.OutOfReach(ratios.Concat(second).Max());
        WindowGeometry window = Window(context.Shape(0), weights.Shape);
        Shape form = [outputs, window.KernelHeight, window.KernelWidth, window.Channels];
        return context.Kernel(new BranchedKernel(context.Output.Element, window, weights.Reshape(form), bias, x.Zero, branch, finish), 0, 3);
    }

    public override long Macs(InferContext context) =>
        Layer.Macs(context) + Infer(context)[0].Shape.ElementCount * context.Shape(4)[1];

    private Activation Clamp => Layer switch
    {
        Conv conv => conv.Activation,
        MatMul product => product.Activation,
        _ => throw NoBranch(),
    };

    private Operator Unclamped => Layer switch
    {
        Conv conv => conv with { Activation = Activation.None },
        MatMul product => product with { Activation = Activation.None },
        _ => throw NoBranch(),
    };

    // Rows of a product are images of one pixel's height and width.
    private WindowGeometry Window(Shape x, Shape weights) => Layer switch
    {
        Conv { Groups: 1, ChannelsLast: true } conv => conv.Window.Geometry(x, weights[0], [weights[1], weights[2]], 1),
        MatMul { TransposeB: true } when weights.Rank == 2 => Rows((int)x.Product(0, x.Rank - 1), weights[1], weights[0]),
        _ => throw NoBranch(),
    };

    private static WindowGeometry Rows(int rows, int inner, int outputs) =>
        new(1, rows, 1, inner, rows, 1, outputs, 1, 1, 1, 1, 1, 1, 0, 0, 1);

    private OperatorException NoBranch() => new("EC4001", $"{Layer.Name} of this form has no kernel with a branch. Leave the rank out.");
}
