using System.Numerics;
using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>
/// The finish of two integer reductions at scales of their own: <see cref="Scalar.RequantizeJoined"/>, or
/// <see cref="Rounding.JoinedHalfEven"/>, with parameters for each output channel.
/// </summary>
/// <param name="multipliers">Of the layer's sums.</param>
/// <param name="branchMultipliers">Of the branch's sums.</param>
/// <param name="zero">The output's zero point where the addends do not hold it, in the profile <c>onnx</c>.</param>
public readonly ref struct JoinedRequantizer(
    ReadOnlySpan<int> multipliers, ReadOnlySpan<int> branchMultipliers, ReadOnlySpan<byte> shifts, ReadOnlySpan<long> addends, int lo, int hi,
    RoundingProfile profile = RoundingProfile.Single, int zero = 0)
{
    private readonly ReadOnlySpan<int> multipliers = multipliers;
    private readonly ReadOnlySpan<int> branchMultipliers = branchMultipliers;
    private readonly ReadOnlySpan<byte> shifts = shifts;
    private readonly ReadOnlySpan<long> addends = addends;
    private readonly int lo = lo;
    private readonly int hi = hi;
    private readonly RoundingProfile profile = profile;
    private readonly int zero = zero;

    /// <summary>The result as i8 or i16.</summary>
    /// <param name="sum">Of the layer.</param>
    /// <param name="branch">The branch's.</param>
    public T Apply<T>(long sum, long branch, int channel) where T : unmanaged, IBinaryInteger<T> => T.CreateTruncating(profile == RoundingProfile.Onnx
        ? Rounding.JoinedHalfEven(sum, multipliers[channel], branch, branchMultipliers[channel], addends[channel], shifts[channel], zero, lo, hi)
        : Scalar.RequantizeJoined(sum, multipliers[channel], branch, branchMultipliers[channel], addends[channel], shifts[channel], lo, hi));
}
