using System.Numerics;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>
/// Softmax(queries · keys) · values on i8 with a row of scores at a time instead of all of them (docs/numerics.md §4). Operands: queries,
/// keys, values, and the numbers of <paramref name="Bias"/> if there is one.
/// </summary>
/// <param name="Scores">Makes the sums of the first product scores of 8 bits.</param>
/// <param name="Exponentials">i16[256]: round(32767 · exp(-scale · d)) for d = maximum - score.</param>
/// <param name="Bias">What operand 3, i8, adds to the scores' addends: <c>score = requantize(Σ (q - zero)·(k - zero), multiplier, addend + (bias - zero)·Bias.Multiplier)</c>.</param>
/// <param name="Multiplier">With <paramref name="Shift"/>: the scale of the values over that of the result.</param>
public sealed record AttentionKernel(
    AttentionGeometry Geometry, int QueryZero, int KeyZero, IntegerFinish Scores, Tensor Exponentials,
    int ValueZero, int Multiplier, int Shift, int Zero, int Lo, int Hi, AttentionBias? Bias = null) : Kernel
{
    /// <summary>Of a weighted sum times a reciprocal: no sum of exponentials of so many columns leaves it less room.</summary>
    private const int ProductBits = 62;

    /// <summary>Of so many the exponentials' sum has 32 bits.</summary>
    public const int MaxColumns = 1 << 16;

    public override string Shape => "attention";

    /// <summary>Queries in flight on an FPGA; 0 lets the planner choose. No result depends on it.</summary>
    public int Parallel { get; init; }

    public override IEnumerable<KernelConstant> Constants => [.. Scores.Constants, new("exponentials", Exponentials)];

    /// <summary>
    /// Bits of a multiplier with which the weighted sum of so many columns stays below 2^62, at most 15:
    /// |Σ E·(v - zero)| · R ≤ 255 · 2^(47-k), where 2^31 ≤ 32767 · columns · 2^k &lt; 2^32.
    /// </summary>
    public static int MultiplierBits(int columns) => Math.Min(15, ProductBits - 8 - (47 - NormalizationShift(columns)));

    /// <summary>The longest shift with which the result is shifted by 62 bits at most, whatever the exponentials add up to.</summary>
    public static int MaxShift(int columns) => ProductBits - 47 + NormalizationShift(columns);

    // Of the greatest sum of exponentials.
    private static int NormalizationShift(int columns) => BitOperations.LeadingZeroCount(32767U * (uint)columns);
}
