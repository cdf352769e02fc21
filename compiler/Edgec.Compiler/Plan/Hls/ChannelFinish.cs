using System.Buffers.Binary;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Plan.Hls;

/// <summary>
/// The requantization of raw sums Σ q·w of one output. Bias and zero points are folded into the addend, which changes no
/// bit: (Σ + b)·m + a = Σ·m + (b·m + a), exactly.
/// </summary>
public readonly record struct ChannelFinish(int Multiplier, Int128 Addend, int Shift)
{
    /// <summary>(2q + 1) >> 1 = q in every rounding profile, for it is never a tie: for values that only get clamped.</summary>
    public static readonly ChannelFinish Identity = new(2, 1, 1);

    /// <summary>The finish of entry <paramref name="index"/> with <paramref name="folded"/> added to every sum.</summary>
    public static ChannelFinish Of(IntegerFinish finish, int index, long folded)
    {
        int i = finish.Multipliers.Count == 1 ? 0 : index;
        int multiplier = finish.Multipliers.Span<int>()[i];
        return new(multiplier, finish.Addends.Span<long>()[i] + (Int128)folded * multiplier, finish.Shifts.Span<byte>()[i]);
    }

    /// <summary>The finishes of all outputs: bias - zero · Σw is folded in.</summary>
    /// <param name="weights">i8 or i4, the outputs on the first axis.</param>
    public static ChannelFinish[] OfOutputs(Tensor weights, Tensor? bias, IntegerFinish finish, int zero)
    {
        ReadOnlySpan<sbyte> values = weights.Unpacked.Span<sbyte>();
        int outputs = weights.Shape[0], each = outputs == 0 ? 0 : values.Length / outputs;
        var finishes = new ChannelFinish[outputs];
        for (int o = 0; o < outputs; o++)
        {
            long sum = 0;
            foreach (sbyte w in values.Slice(o * each, each))
                sum += w;
            long start = bias is null ? 0 : bias.Integer(bias.Count == 1 ? 0 : o);
            finishes[o] = Of(finish, o, start - zero * sum);
        }

        return finishes;
    }

    /// <summary>
    /// The same with no multiplier below 0, as the engines have it: where one is, it and the output's weights change sign, and
    /// their products stay. Null if such an output has a weight of -128, which has no negative in i8.
    /// </summary>
    public static (Tensor Weights, ChannelFinish[] Finishes)? Ascending(Tensor weights, ChannelFinish[] finishes)
    {
        if (finishes.All(finish => finish.Multiplier >= 0))
            return (weights, finishes);
        sbyte[] values = weights.Unpacked.Span<sbyte>().ToArray();
        int each = values.Length / finishes.Length;
        ChannelFinish[] ascending = [.. finishes];
        for (int o = 0; o < finishes.Length; o++)
        {
            if (finishes[o].Multiplier >= 0)
                continue;
            ascending[o] = finishes[o] with { Multiplier = -finishes[o].Multiplier };
            foreach (ref sbyte w in values.AsSpan(o * each, each))
            {
                if (w == sbyte.MinValue)
                    return null;
                w = (sbyte)-w;
            }
        }

        return (Tensor.Of(weights.Shape, values), ascending);
    }

    /// <summary>The largest magnitude of any partial sum of q·w.</summary>
    /// <param name="reach">The largest magnitude of q.</param>
    public static long SumBound(Tensor weights, int reach = 128)
    {
        ReadOnlySpan<sbyte> values = weights.Unpacked.Span<sbyte>();
        int outputs = weights.Shape[0], each = outputs == 0 ? 0 : values.Length / outputs;
        long most = 1;
        for (int o = 0; o < outputs; o++)
        {
            long sum = 0;
            foreach (sbyte w in values.Slice(o * each, each))
                sum += Math.Abs((int)w);
            most = Math.Max(most, reach * sum);
        }

        return most;
    }

    /// <summary>True if 64-bit arithmetic holds every sum up to <paramref name="bound"/>.</summary>
    public bool Fits(long bound) =>
        Multiplier >= 0 && Shift is >= FixedPoint.MinShift and <= FixedPoint.MaxShiftTwice
        && (Int128)bound * Multiplier + Int128.Abs(Addend) <= long.MaxValue;

    /// <summary>As the engine reads it: addend, multiplier and shift at bytes 0, 8 and 12.</summary>
    public void Write(Span<byte> word)
    {
        BinaryPrimitives.WriteInt64LittleEndian(word, (long)Addend);
        BinaryPrimitives.WriteInt32LittleEndian(word[8..], Multiplier);
        word[12] = (byte)Shift;
    }
}
