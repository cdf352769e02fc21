using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>
/// Samples two neighbouring axes between their elements: <c>finish(Σ row weight · column weight · (x - zero))</c>, one exact sum over both. One operand.
/// </summary>
/// <param name="RowStarts">i32[OutHeight]: the first input row of each output row.</param>
/// <param name="RowWeights">[OutHeight, RowTaps], i16 or f32.</param>
/// <param name="ColumnStarts">i32[OutWidth]: the first input column of each output column.</param>
/// <param name="ColumnWeights">[OutWidth, ColumnTaps], i16 or f32.</param>
/// <param name="Finish">With one set of parameters; divides by the units of the weights.</param>
/// <param name="InputZero">Zero point of the input; 0 for float.</param>
/// <param name="WeightError">How far rounded weights can shift a result, in steps of it.</param>
public sealed record ResampleKernel(
    ResampleGeometry Geometry, Tensor RowStarts, Tensor RowWeights, Tensor ColumnStarts, Tensor ColumnWeights, Finish Finish, int InputZero = 0,
    double WeightError = 0) : Kernel
{
    public override string Shape => "resample";

    public override IEnumerable<KernelConstant> Constants =>
    [
        new("row_starts", RowStarts), new("row_weights", RowWeights), new("column_starts", ColumnStarts), new("column_weights", ColumnWeights),
        .. Finish.Constants,
    ];

    /// <summary>The greatest sum of magnitudes of the weights of one output.</summary>
    public long Reach => Most(RowWeights) * Most(ColumnWeights);

    private static long Most(Tensor weights)
    {
        int taps = weights.Shape[1];
        long most = 0;
        ReadOnlySpan<short> values = weights.Span<short>();
        for (int first = 0; first < values.Length; first += taps)
        {
            long sum = 0;
            foreach (short value in values.Slice(first, taps))
                sum += Math.Abs((int)value);
            most = Math.Max(most, sum);
        }

        return most;
    }
}
