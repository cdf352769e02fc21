using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Reduces some axes. Canonical: mean, sum, maximum or minimum over neighbouring axes given as ascending attributes, which stay
/// with extent 1. All else is written with those, a reshape and element-wise operators.
/// </summary>
/// <param name="Axes">Empty for all, or as input 1 gives them (Sum from opset 13, others from 18).</param>
/// <param name="EmptyMeansNone">No axes at all reduce nothing instead of everything.</param>
public sealed record Reduce(ReduceFunction Function, EquatableArray<int> Axes, bool KeepDims, bool EmptyMeansNone = false) : Operator
{
    private static readonly (ReduceFunction Function, string Text, string Onnx)[] Spellings =
    [
        (ReduceFunction.L1, "reduce-l1", "ReduceL1"),
        (ReduceFunction.L2, "reduce-l2", "ReduceL2"),
        (ReduceFunction.LogSum, "reduce-log-sum", "ReduceLogSum"),
        (ReduceFunction.LogSumExp, "reduce-log-sum-exp", "ReduceLogSumExp"),
        (ReduceFunction.Maximum, "reduce-max", "ReduceMax"),
        (ReduceFunction.Mean, "reduce-mean", "ReduceMean"),
        (ReduceFunction.Minimum, "reduce-min", "ReduceMin"),
        (ReduceFunction.Product, "reduce-prod", "ReduceProd"),
        (ReduceFunction.Sum, "reduce-sum", "ReduceSum"),
        (ReduceFunction.SumSquare, "reduce-sum-square", "ReduceSumSquare"),
    ];

    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        .. Spellings.Select(s => new OpDef(s.Text, s.Onnx, a =>
            new Reduce(s.Function, a.Ints("axes"), a.Flag("keepdims", true), a.Flag("noop_with_empty_axes")))),
    ];

    public override string Name => Spellings.First(s => s.Function == Function).Text;

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Axes.Count > 0)
                yield return ("axes", Axes);
            if (!KeepDims)
                yield return ("keepdims", false);
            if (EmptyMeansNone)
                yield return ("noop_with_empty_axes", true);
        }
    }

    public override QuantizationRule Quantization => Function switch
    {
        ReduceFunction.Mean or ReduceFunction.Sum => QuantizationRule.Calibrated,
        ReduceFunction.Maximum or ReduceFunction.Minimum => QuantizationRule.Shared,
        _ => QuantizationRule.FloatOnly("the product of a row outgrows every integer"),
    };

    public override bool HasWideForm => true;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        int[] axes = Resolve(x.Shape, context.Has(1) ? context.RequireConstant(1, "axes") : null);
        return [new(x.Element, Reduced(x.Shape, axes, KeepDims))];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0), y = context.OutputType().Shape;
        int[] axes = Resolve(x, context.Has(1) ? context.RequireConstant(1, "axes") : null);
        if (IsElementary)
            axes = [.. axes.Where(axis => x[axis] != 1)];
        if (IsElementary && axes.Length == 0)
            return [x == y ? context.Input(0) : context.Add(new Reshape([.. y]), context.Input(0))];
        bool resolved = this == new Reduce(Function, [.. axes], true) && !context.Has(1);
        if (!context.Type(0).Element.IsFloat() || (resolved && IsElementary && AreNeighbours(axes)))
            return null;
        string kept = ReduceComposition.Build(context, Function, axes);
        return [context.TypeOf(kept).Shape == y ? kept : context.Add(new Reshape([.. y]), kept)];
    }

    public override Operator? ToChannelsLast(InferContext context)
    {
        int[] axes = [.. Axes.Select(Extents.ChannelsLast).Order()];
        return KeepDims && AreNeighbours(axes) ? this with { Axes = [.. axes] } : null;
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        int[] axes = Resolve(x.Shape, context.Optional(1));
        Tensor rows = ReduceEvaluation.Gather(x, axes);
        Shape shape = Reduced(x.Shape, axes, KeepDims);
        return [x.Element.IsFloat()
            ? ReduceEvaluation.Floats(Function, rows).ConvertTo(x.Element).Reshape(shape)
            : ReduceEvaluation.Integers(Function, rows).Reshape(shape)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        Shape x = context.Shape(0);
        int[] axes = Resolve(x, null);
        if (context.Has(1) || !AreNeighbours(axes))
            throw new OperatorException("EC4001", $"Operator {Name} over axes {Axes} has no kernel. Run the pass canonicalize first.");
        var row = new RowGeometry(x.Product(0, axes[0]), x.Product(axes[0], axes[^1] + 1), x.Product(axes[^1] + 1, x.Rank));
        ReduceMode mode = Function switch
        {
            ReduceFunction.Maximum => ReduceMode.Maximum,
            ReduceFunction.Minimum => ReduceMode.Minimum,
            ReduceFunction.Mean when !context.IsQuantized => ReduceMode.Mean,
            ReduceFunction.Mean or ReduceFunction.Sum => ReduceMode.Sum,
            _ => throw new OperatorException("EC4001", $"Operator {Name} has no kernel. Replace it in the model, or cut it off with its successors."),
        };
        if (!context.IsQuantized)
            return context.Kernel(new ReduceKernel(mode, row, FloatFinish.Identity), 0);
        Quantization from = context.Quantization(0), to = context.Output.Quantization!;
        if (mode != ReduceMode.Sum)
        {
            return from == to
                ? context.Kernel(new ReduceKernel(mode, row, ClampFinish.None(context.Output.Element)), 0)
                : throw new OperatorException("EC3003", $"{Name} selects integers, so its operand and result must have one scale. Put a rescale before it.");
        }

        double ratio = from.Scale / to.Scale / (Function == ReduceFunction.Mean ? row.Length : 1);
        return context.Kernel(new ReduceKernel(mode, row, Scaling.Finish(context, [ratio], Activation.None), from.Zero), 0);
    }

    /// <summary>The axes to reduce, ascending, in [0, rank).</summary>
    private int[] Resolve(Shape x, Tensor? given)
    {
        long[] axes = given?.Integers() ?? [.. Axes.Select(a => (long)a)];
        if (axes.Length == 0)
            return EmptyMeansNone ? [] : [.. Enumerable.Range(0, x.Rank)];
        return [.. axes.Select(a => Extents.Axis(a, x.Rank)).Distinct().Order()];
    }

    private bool IsElementary => Function is ReduceFunction.Mean or ReduceFunction.Sum or ReduceFunction.Maximum
        or ReduceFunction.Minimum or ReduceFunction.Product;

    private static bool AreNeighbours(int[] axes) => axes.Length > 0 && axes[^1] - axes[0] == axes.Length - 1;

    private static Shape Reduced(Shape x, int[] axes, bool keep) => keep
        ? [.. x.Select((extent, axis) => axes.Contains(axis) ? 1 : extent)]
        : [.. x.Where((_, axis) => !axes.Contains(axis))];
}
