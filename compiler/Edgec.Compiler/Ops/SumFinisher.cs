using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// An operator that takes integers to i8 as the model states it, number for number: a requantization, thresholds. Input 0 is
/// what it reads, per channel along <paramref name="Axis"/> or all alike. Behind an operator with exact sums
/// (<see cref="Operator.HasExactSums"/>), whose i32 values no kernel stores, it becomes that kernel's finish; behind an i8
/// value it becomes a table, or where channels differ a depthwise kernel of weights 1.
/// </summary>
public abstract record SumFinisher(int Axis) : Operator
{
    public override Operator? ToChannelsLast(InferContext context) =>
        this with { Axis = Extents.ChannelsLast(Extents.Axis(Axis, context.Shape(0).Rank)) };

    /// <summary>True if the operator's sums and this one can be one kernel.</summary>
    public virtual bool Finishes(Operator sums) => true;

    /// <summary>The finish of exact sums, one entry for each range or one for all.</summary>
    /// <param name="own">This operator's own node.</param>
    /// <param name="scales">What a step of a sum is worth: one number for each channel, or one for all.</param>
    /// <param name="ranges">What the sums can be, as many as channels.</param>
    /// <exception cref="OperatorException">No finish gives these numbers.</exception>
    protected abstract Finish Finish(LoweringContext own, IReadOnlyList<double> scales, IReadOnlyList<SumRange> ranges);

    /// <summary>The step of <c>a ± b</c> for two i8 operands, finished by this operator.</summary>
    /// <exception cref="OperatorException">No step gives these numbers.</exception>
    protected abstract MapStep StepOf(LoweringContext own, Quantization a, Quantization b, bool subtract);

    /// <summary>The 256 results for an i8 input; null where channels differ.</summary>
    protected abstract Func<double, double>? Function(LoweringContext own);

    /// <summary>The finish of a convolution or product with constant weights.</summary>
    internal Finish FinishWeighted(LoweringContext sums, Tensor? weights, Tensor? bias, int channels, int inner = 0)
    {
        Quantization x = sums.Quantization(0), w = sums.Quantization(1);
        if (w.Groups is not null)
            throw new OperatorException("EC3052", $"The model states how {Name} takes these sums, and weights in groups would change them. Keep the layer's weights ungrouped.");
        SumRange[] ranges;
        if (weights is not null)
        {
            ranges = SumRange.OfWeights(weights, bias, x.Zero);
        }
        else
        {
            long most = 255L * 255 * inner;
            ranges = [.. Enumerable.Range(0, channels).Select(c => bias?.Integer(bias.Count == 1 ? 0 : c) ?? 0).Select(b => new SumRange(b - most, b + most))];
        }

        return Finish(sums.OfFinisher, [.. Enumerable.Range(0, w.Axis < 0 ? 1 : channels).Select(c => x.Scale * w.ScaleOf(c))], ranges);
    }

    internal MapStep FinishSum(LoweringContext sums, bool subtract) => StepOf(sums.OfFinisher, sums.Quantization(0), sums.Quantization(1), subtract);

    public override Lowered Lower(LoweringContext context)
    {
        if (!context.IsQuantized)
            throw new OperatorException("EC4004", $"Operator {Name} works on integers and has no float kernel. Compile with an integer precision.");
        if (Function(context) is { } function)
            return LookupTable.Lower(context, 0, function);
        Shape shape = context.Shape(0);
        int channels = shape[^1];
        if (Extents.Axis(Axis, shape.Rank) != shape.Rank - 1)
            throw new OperatorException("EC4003", $"{Name} must have its channels last to be lowered. Run the pass channels-last first.");
        Quantization x = context.Quantization(0);
        SumRange[] ranges = [.. Enumerable.Repeat(new SumRange(sbyte.MinValue - x.Zero, sbyte.MaxValue - x.Zero), channels)];
        int pixels = shape.Product(0, shape.Rank - 1);
        var ones = new sbyte[channels];
        Array.Fill(ones, (sbyte)1);
        var geometry = new WindowGeometry(1, pixels, 1, channels, pixels, 1, channels, 1, 1, 1, 1, 1, 1, 0, 0, channels);
        return context.Kernel(
            new WindowKernel(
                WindowMode.Convolution, geometry, Tensor.Of([channels, 1, 1, 1], ones), Tensor.Zeros(ElementType.I32, [channels]),
                Finish(context, [x.Scale], ranges), x.Zero),
            0);
    }
}
