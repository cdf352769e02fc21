using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>What happens to an accumulator once its reduction is complete. The only place where anything is rounded.</summary>
public abstract record Finish
{
    public virtual IEnumerable<KernelConstant> Constants => [];
}

/// <summary>
/// <c>Requantize</c> of docs/numerics.md §2: <c>clamp((acc · multiplier + addend) >> shift, lo, hi)</c> to i8.
/// </summary>
/// <param name="Multipliers">i32, one for each output channel, or one for all; for average pooling one for each number
/// of elements under the window, from 0 to KernelHeight · KernelWidth.</param>
/// <param name="Shifts">u8, as many.</param>
/// <param name="Addends">i64, as many: rounding and zero point.</param>
/// <param name="Profile">The function that rounds.</param>
/// <param name="Zero">The output's zero point in the profiles whose addends do not hold it; else 0.</param>
public sealed record IntegerFinish(
    Tensor Multipliers, Tensor Shifts, Tensor Addends, int Lo, int Hi, RoundingProfile Profile = RoundingProfile.Single, int Zero = 0) : Finish
{
    public override IEnumerable<KernelConstant> Constants =>
        [new("multipliers", Multipliers), new("shifts", Shifts), new("addends", Addends)];

    /// <summary>Whether any sum of 32 bits still has 32 once it is multiplied and shifted, before it is clamped.</summary>
    public bool FitsWord()
    {
        ReadOnlySpan<int> multipliers = Multipliers.Span<int>();
        ReadOnlySpan<byte> shifts = Shifts.Span<byte>();
        ReadOnlySpan<long> addends = Addends.Span<long>();
        for (int i = 0; i < multipliers.Length; i++)
        {
            Int128 most = (Int128.Abs(multipliers[i]) << 31) + Int128.Abs(addends[i]);
            if (most >= Int128.One << (31 + shifts[i]))
                return false;
        }

        return true;
    }
}

/// <summary>
/// Two accumulators of one output channel, each at a scale of its own: <c>clamp((acc · multiplier + branch · branchMultiplier + addend) >> shift, lo, hi)</c>,
/// the exact sum rounded once.
/// </summary>
/// <param name="Multipliers">i32, one for each output channel.</param>
/// <param name="BranchMultipliers">i32, as many. The larger of the two of a channel is normalised to <see cref="FixedPoint.JoinedBits"/> bits.</param>
/// <param name="Shifts">u8, as many.</param>
/// <param name="Addends">i64, as many: rounding and zero point.</param>
/// <param name="Profile">The function that rounds; ties go to even in <c>onnx</c>, down in <c>truncate</c>, else up.</param>
/// <param name="Zero">The output's zero point in <c>onnx</c>, whose addends do not hold it; else 0.</param>
public sealed record JoinedFinish(
    Tensor Multipliers, Tensor BranchMultipliers, Tensor Shifts, Tensor Addends, int Lo, int Hi, RoundingProfile Profile = RoundingProfile.Single, int Zero = 0) : Finish
{
    public override IEnumerable<KernelConstant> Constants =>
        [new("multipliers", Multipliers), new("branch_multipliers", BranchMultipliers), new("shifts", Shifts), new("addends", Addends)];
}

/// <summary>
/// A staircase for each output channel: <c>start + step · #{i: acc ≥ thresholds[i]}</c>, exact for any function of few
/// levels that only rises or only falls.
/// </summary>
/// <param name="Thresholds">i32 [C or 1, N], each row ascending.</param>
/// <param name="Starts">i8, one for each row.</param>
/// <param name="Steps">i8, one for each row.</param>
public sealed record ThresholdFinish(Tensor Thresholds, Tensor Starts, Tensor Steps) : Finish
{
    public override IEnumerable<KernelConstant> Constants =>
        [new("thresholds", Thresholds), new("starts", Starts), new("steps", Steps)];
}

/// <summary>The value is already on the output's scale; it is only clamped. For maxima.</summary>
public sealed record ClampFinish(int Lo, int Hi) : Finish
{
    /// <summary>The whole range of a type.</summary>
    public static ClampFinish None(ElementType element) => new(element.Range().Lo, element.Range().Hi);
}

/// <summary>Not the value but its index along the axis, as i64. For maxima and minima.</summary>
/// <param name="Operand">Element type of the operand: i8 or f32.</param>
/// <param name="Last">The last of equal values instead of the first.</param>
public sealed record IndexFinish(ElementType Operand, bool Last) : Finish;

/// <summary>Single precision, clamped to a range; infinite bounds clamp nothing.</summary>
public sealed record FloatFinish(float Lo, float Hi) : Finish
{
    public static readonly FloatFinish Identity = new(float.NegativeInfinity, float.PositiveInfinity);

    public bool Clamps => !float.IsNegativeInfinity(Lo) || !float.IsPositiveInfinity(Hi);
}
