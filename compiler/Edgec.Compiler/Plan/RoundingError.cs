using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan;

/// <summary>
/// How far the result of an integer kernel can lie from exact arithmetic on the same integers, in steps of the output, whatever
/// the input: the bounds of docs/numerics.md with the kernel's own numbers. Results that are clamped are compared with the
/// clamped exact value.
/// </summary>
public static class RoundingError
{
    private const double Half = 0.5;

    // Of an unclamped result: i8 less its zero point.
    private const double Reach = 255;

    // Of a multiplier normalised to 16 bits, and of one of 15.
    private const double Multiplier16 = 1.0 / (1 << 16);
    private const double Multiplier15 = 1.0 / (1 << 15);

    /// <summary>The bound; 0 where a kernel only moves or selects, null where it does not compute on integers.</summary>
    public static double? Of(Kernel kernel) => Nearest(kernel) is { } bound
        // Rounding down, and rounding twice, are a whole step where rounding to nearest is half of one.
        ? bound + (KernelRounding.Of(kernel) is RoundingProfile.Truncate or RoundingProfile.Tflite ? Half : 0)
        : null;

    private static double? Nearest(Kernel kernel) => kernel switch
    {
        WindowKernel { Finish: IntegerFinish } or MatmulKernel { Finish: IntegerFinish } or ExpertMatmulKernel { Finish: IntegerFinish } or ReduceKernel { Finish: IntegerFinish } =>
            Half + Reach * Multiplier16,
        WindowKernel { Finish: ClampFinish } or ReduceKernel { Finish: ClampFinish or IndexFinish } or MoveKernel or GatherKernel or ScatterKernel or SelectKernel => 0,
        DeformKernel { Finish: IntegerFinish } k => Half + Reach * Multiplier16 + Samples(k),
        ResampleKernel { Finish: IntegerFinish } k => Half + Reach * Multiplier16 + k.WeightError,
        MapKernel { Step: AddStep s } => Half + Math.ScaleB(Reach, -s.Shift), // half a unit in each multiplier
        MapKernel { Step: MultiplyStep } => Half + Reach * Multiplier16,
        MapKernel { Step: DivideStep s } => Half + Math.ScaleB(Reach, -s.Shift - 1),
        MapKernel { Step: PreluStep s } => Half + Math.ScaleB(Reach * Reach, -s.Shift - 1),
        MapKernel { Step: WideDivideStep or WidePreluStep } => Half + Reach * Multiplier16,
        MapKernel { Step: MaximumStep or MinimumStep or CompareStep or ChooseStep } => 0,
        TableKernel k => k.WorstError,
        MapKernel { Step: CurveStep s } => s.WorstError,
        MapKernel { Step: ReluDeltaStep s } => s.WorstError,
        RowNormKernel { Step: SoftmaxStep s, Geometry: var g } => s.Error(g.Length),
        RowNormKernel { Step: LogSoftmaxStep s, Geometry: var g } => LogSoftmax(s, g.Length),
        RowNormKernel { Step: WideLogSoftmaxStep s, Geometry: var g } => WideLogSoftmax(s, g.Length),
        GroupNormKernel { Step: IntegerLayerNormStep s, Geometry: var g } => s.Error(g),
        AttentionKernel k => Attention(k),
        BranchedKernel k => Joined(k),
        _ => null,
    };

    // Each sample is rounded to its fraction bits, half a unit away at most, and then multiplied by its weight.
    private static double Samples(DeformKernel kernel)
    {
        if (kernel is { Sampling.Fraction: 0, Masked: false } || kernel.Finish is not IntegerFinish finish)
            return 0;
        int channels = kernel.Geometry.OutChannels, inner = kernel.Weights.Count / Math.Max(1, channels);
        ReadOnlySpan<sbyte> weights = kernel.Weights.Unpacked.Span<sbyte>();
        double most = 0;
        for (int channel = 0; channel < channels; channel++)
        {
            long sum = 0;
            foreach (sbyte weight in weights.Slice(channel * inner, inner))
                sum += Math.Abs((int)weight);
            int at = finish.Multipliers.Count == 1 ? 0 : channel;
            most = Math.Max(most, sum * Half * Math.ScaleB(finish.Multipliers.Span<int>()[at], -finish.Shifts.Span<byte>()[at]));
        }

        return most;
    }

    // Rounding, and half a unit in each multiplier, times the greatest sums that the weights allow: the two can be large and cancel.
    private static double Joined(BranchedKernel kernel)
    {
        double sums = AccumulatorRange.Of(kernel, kernel.Element)!.Value.Highest + (double)AccumulatorRange.OfBranch(kernel).Highest;
        return Half + kernel.Finish.Shifts.Integers().Max(shift => Math.ScaleB(sums, -(int)shift - 1));
    }

    // Against exact softmax of the same 8-bit scores: rounding; the reciprocal, up to 2^-15 too small, and the multiplier; N - 1 rounded
    // exponentials, each weighing a value that lies at most 255 from the mean.
    private static double Attention(AttentionKernel kernel) =>
        Half + Reach * (Multiplier15 + Math.ScaleB(1, -AttentionKernel.MultiplierBits(kernel.Geometry.Columns)))
        + Math.ScaleB(kernel.Multiplier, -kernel.Shift) * Reach * (kernel.Geometry.Columns - 1) / (2.0 * 32767);

    // Rounding; half a unit of the multiplier for each step of distance, of each octave and of three more numbers; a logarithm between table
    // entries, at most 2^-19; and N - 1 rounded exponentials in the sum.
    private static double LogSoftmax(LogSoftmaxStep step, int length)
    {
        double perUnit = Math.ScaleB(step.Octave / Math.Log(2), -step.Shift);
        return Half + (Reach + 31 + 3) * Math.ScaleB(1, -step.Shift - 1) + perUnit * (Math.ScaleB(1, -19) + (length - 1) / (2.0 * 32767));
    }

    // As above, with distances of 16 bits; the table's numbers, half a unit off, are rounded again between entries; each exponential lies within 0.8 of
    // exact, and the sum is 32767 or more.
    private static double WideLogSoftmax(WideLogSoftmaxStep step, int length)
    {
        double perUnit = Math.ScaleB(step.Octave / Math.Log(2), -step.Shift);
        return Half + (65535 + 31 + 1) * Math.ScaleB(1, -step.Shift - 1) + Math.ScaleB(1, step.Lift - step.Shift)
            + perUnit * (Math.ScaleB(1, -19) + Math.Log(1 + 0.8 * (length - 1) / 32767));
    }
}
