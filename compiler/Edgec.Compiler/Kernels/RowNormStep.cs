using Edgec.Runtime;

namespace Edgec.Kernels;

/// <summary>What a <see cref="RowNormKernel"/> computes along each row.</summary>
public abstract record RowNormStep
{
    public virtual IEnumerable<KernelConstant> Constants => [];
}

/// <summary>Order-free integer softmax (docs/numerics.md §4): i8 scores to <c>p + Zero</c> as i8.</summary>
/// <param name="Exponentials">i16[256]: round(32767 · exp(-scale · d)) for d = max - q.</param>
/// <param name="Maximum">The integer that stands for probability 1: 255.</param>
/// <param name="Zero">Output zero point: -128.</param>
public sealed record SoftmaxStep(Tensor Exponentials, int Maximum, int Zero) : RowNormStep
{
    public override IEnumerable<KernelConstant> Constants => [new("exponentials", Exponentials)];

    /// <summary>
    /// How far a probability of a row can lie from the exact one of the same scores, in steps: rounding, the truncated reciprocal of 16 bits,
    /// and N - 1 rounded exponentials (that of the maximum is exact).
    /// </summary>
    public double Error(int length) => 0.5 + Maximum / 32768.0 + Maximum * (length - 1) / (2.0 * 32767);
}

/// <summary>
/// Order-free logarithm of the integer softmax (docs/numerics.md, Softmax): i8 scores to i8. All numbers but the exponentials are in steps of
/// the output with <paramref name="Shift"/> fraction bits.
/// </summary>
/// <param name="Exponentials">i16[256], as for <see cref="SoftmaxStep"/>.</param>
/// <param name="Logarithms">i32[257]: ln(1 + i / 256).</param>
/// <param name="Octave">ln 2.</param>
/// <param name="Unit">ln 32767, the logarithm of what stands for exp 0.</param>
/// <param name="Multiplier">A step of the scores.</param>
public sealed record LogSoftmaxStep(
    Tensor Exponentials, Tensor Logarithms, long Octave, long Unit, int Multiplier, int Shift, int Zero, int Lo, int Hi) : RowNormStep
{
    public override IEnumerable<KernelConstant> Constants => [new("exponentials", Exponentials), new("logarithms", Logarithms)];
}

/// <summary>Softmax of i16 scores to i16 probabilities with zero point 0 (docs/numerics.md §4).</summary>
/// <param name="Powers">i32[129]: round(32767 · 2^3 · 2^(-i/128)).</param>
/// <param name="Multiplier">With <paramref name="Shift"/>: scale · log2(e) · 2^18, 24 bits.</param>
/// <param name="Maximum">The integer that stands for probability 1: 32767.</param>
public sealed record WideSoftmaxStep(Tensor Powers, int Multiplier, int Shift, int Maximum) : RowNormStep
{
    public override IEnumerable<KernelConstant> Constants => [new("powers", Powers)];
}

/// <summary>
/// The logarithm of <see cref="WideSoftmaxStep"/>: i16 scores to i16 with zero point 0. Logarithms have <paramref name="Shift"/> - <paramref name="Lift"/> fraction bits
/// of a step of the output, all else has <paramref name="Shift"/>.
/// </summary>
/// <param name="Powers">As for <see cref="WideSoftmaxStep"/>, with <paramref name="PowerMultiplier"/> and <paramref name="PowerShift"/>.</param>
/// <param name="Logarithms">i32[257]: ln(1 + i / 256).</param>
/// <param name="Octave">ln 2.</param>
/// <param name="Unit">ln 32767, the logarithm of what stands for exp 0.</param>
/// <param name="Multiplier">A step of the scores.</param>
public sealed record WideLogSoftmaxStep(
    Tensor Powers, int PowerMultiplier, int PowerShift, Tensor Logarithms, long Octave, long Unit, int Multiplier, int Lift, int Shift, int Lo, int Hi) : RowNormStep
{
    public override IEnumerable<KernelConstant> Constants => [new("powers", Powers), new("logarithms", Logarithms)];
}

/// <summary>Softmax in single precision: maximum, exponentials, sum, division.</summary>
/// <param name="Logarithm">The logarithm of the softmax instead.</param>
/// <param name="Running">Maximum and sum in one pass: a greater score rescales the sum so far.</param>
public sealed record FloatSoftmaxStep(bool Logarithm, bool Running = false) : RowNormStep
{
    /// <summary>
    /// How far a probability can lie from the exact one, relative to it, if the sum is rescaled at every score: two roundings and an exponential
    /// for each, half a unit in the last place and one and a half.
    /// </summary>
    public static double RunningError(int length) => (2.5 * length + 4) * Math.ScaleB(1, -23);
}
