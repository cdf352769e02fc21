using System.Numerics;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Plan;

/// <summary>The values an integer accumulator can take, over the actual weights and every input.</summary>
/// <param name="Lowest">Lower bound of every partial sum in any order.</param>
/// <param name="Highest">Upper bound of every partial sum in any order.</param>
public readonly record struct AccumulatorRange(long Lowest, long Highest)
{
    /// <summary>Bits of a signed integer that holds the range.</summary>
    public int Bits => 1 + (int)Math.Max(
        64 - long.LeadingZeroCount(Lowest < 0 ? ~Lowest : Lowest), 64 - long.LeadingZeroCount(Highest < 0 ? ~Highest : Highest));

    /// <summary>Bits of the accumulators kernels use: 32 or 64.</summary>
    public int Width => Bits <= 32 ? 32 : 64;

    /// <summary>The range of a kernel's accumulators; null for kernels that accumulate no integers.</summary>
    /// <param name="input">The type of the kernel's operands.</param>
    public static AccumulatorRange? Of(Kernel kernel, ElementType input)
    {
        // The greatest |x - zero|: i16 has zero point 0.
        long reach = input == ElementType.I16 ? -short.MinValue : byte.MaxValue;
        return kernel switch
        {
            WindowKernel { Weights: { Element: ElementType.I8 or ElementType.I4 } w, Bias: { } b } k => Weighted(w, b, k.InputZero, k.Groups, reach),
            DeformKernel { Finish: not FloatFinish } k => Weighted(k.Weights, k.Bias, 0, null, k.SampleReach),
            MatmulKernel { Weights: { Element: ElementType.I8 or ElementType.I4 } w } k => Weighted(w, k.Bias, k.LeftZero, k.Groups, reach),
            ExpertMatmulKernel { Finish: IntegerFinish } k => Weighted(k.Weights, k.Bias, k.LeftZero, k.Groups, reach),
            MatmulKernel { Weights: null, Finish: IntegerFinish or ThresholdFinish } k => Symmetric(k.Geometry.Inner, reach * reach, k.Bias),
            WindowKernel { Mode: WindowMode.Average, Finish: IntegerFinish } k =>
                Symmetric(k.Geometry.KernelHeight * k.Geometry.KernelWidth, reach, null),
            ReduceKernel { Mode: ReduceMode.Sum, Finish: IntegerFinish } k => Symmetric(k.Geometry.Length, reach, null),
            ResampleKernel { Finish: IntegerFinish } k => new(-reach * k.Reach, reach * k.Reach),
            BranchedKernel k => Weighted(k.Weights, k.Bias, k.InputZero, null, reach),
            AttentionKernel k => Symmetric(k.Geometry.Inner, reach * reach, null),
            GroupNormKernel { Step: IntegerLayerNormStep s } k => new(0, (long)((LayerNormReach.Total(k.Geometry, s.Centered, s.Spread) << s.Guard) + s.Epsilon)),
            _ => null,
        };
    }

    /// <summary>Proves that a kernel's accumulators fit 32 bits, 64 for operands of 16, and their requantization 62.</summary>
    /// <exception cref="OperatorException">They may not.</exception>
    public static void Prove(Kernel kernel, ElementType input)
    {
        if (kernel is GroupNormKernel norm)
        {
            Prove(norm);
            return;
        }

        if (Of(kernel, input) is not { } range)
            return;
        if (range.Width > 32 && input != ElementType.I16)
            throw new OperatorException("EC4006", $"An accumulator may need {range.Bits} bits; kernels have 32. Split the reduction, or use narrower weights.");
        if (kernel is BranchedKernel branched)
        {
            Prove(branched, range);
            return;
        }

        if (KernelRounding.FinishOf(kernel) is not IntegerFinish integer)
            return;
        BigInteger reach = BigInteger.Max(BigInteger.Abs(range.Lowest), range.Highest);
        ReadOnlySpan<int> multipliers = integer.Multipliers.Span<int>();
        ReadOnlySpan<long> addends = integer.Addends.Span<long>();
        long added = kernel is AttentionKernel { Bias: { } bias } ? byte.MaxValue * Math.Abs((long)bias.Multiplier) : 0;
        for (int i = 0; i < multipliers.Length; i++)
        {
            if (reach * Math.Abs((long)multipliers[i]) + BigInteger.Abs(addends[i]) + added >= BigInteger.One << 62)
                throw new OperatorException("EC4007", $"Requantizing channel {i} may need more than 62 bits. Calibrate on data that uses this layer.");
        }
    }

    private static void Prove(GroupNormKernel kernel)
    {
        if (kernel.Step is not IntegerLayerNormStep s)
            return;
        int gain = 0;
        foreach (short value in s.Gains.Span<short>())
            gain = Math.Max(gain, Math.Abs((int)value));
        if (!LayerNormReach.Fits(kernel.Geometry, s.Centered, s.Spread, s.Guard, s.Epsilon, gain, MostBias(s.Biases), s.Fraction))
            throw new OperatorException("EC4007", $"Normalising rows of {kernel.Geometry.Count} elements may need more than 62 bits. Split them, or calibrate on data that uses this layer.");
    }

    /// <summary>The range of the second sum of a kernel that has one.</summary>
    public static AccumulatorRange OfBranch(BranchedKernel kernel) => Weighted(kernel.Branch, null, 0, null, -short.MinValue);

    private static void Prove(BranchedKernel kernel, AccumulatorRange range)
    {
        AccumulatorRange branch = OfBranch(kernel);
        if (branch.Width > 32)
            throw new OperatorException("EC4006", $"The sum of a branch of rank {kernel.Rank} may need {branch.Bits} bits; kernels have 32. Use a lower rank.");
        BigInteger most = BigInteger.Max(BigInteger.Abs(range.Lowest), range.Highest), thin = branch.Highest;
        JoinedFinish f = kernel.Finish;
        for (int i = 0; i < f.Multipliers.Count; i++)
        {
            if (most * f.Multipliers.Integer(i) + thin * f.BranchMultipliers.Integer(i) + BigInteger.Abs(f.Addends.Integer(i)) >= BigInteger.One << 62)
                throw new OperatorException("EC4007", $"Requantizing channel {i} may need more than 62 bits. Calibrate on data that uses this layer.");
        }
    }

    private static AccumulatorRange Symmetric(int terms, long each, Tensor? bias)
    {
        long most = terms * each + MostBias(bias);
        return new(-most, most);
    }

    // Covers x - zero (at most 255 either way) and raw x or x + 128 with the zero point folded into the bias: all of them
    // have |x'| ≤ 255, and a folded bias stays within |bias| + 255 Σ|w|, which the sum of both bounds.
    private static AccumulatorRange Weighted(Tensor weights, Tensor? bias, int zero, WeightGroups? groups, long reach)
    {
        int channels = weights.Shape[0], inner = weights.Count / channels;
        ReadOnlySpan<sbyte> w = weights.Unpacked.Span<sbyte>();
        long most = 0;
        long magnitude = reach > 255 ? reach : Math.Max(127 - zero, 128 + zero);
        for (int channel = 0; channel < channels; channel++)
        {
            long sum = 0;
            for (int i = 0; i < inner; i++)
                sum += Math.Abs((int)w[channel * inner + i]) * (groups?.Multiplier(channel, i) ?? 1);
            long b = bias is null ? 0 : Math.Abs((long)bias.Span<int>()[channel]);
            most = Math.Max(most, Math.Max(sum * magnitude, reach * sum) + b);
        }

        return new(-most, most);
    }

    private static long MostBias(Tensor? bias)
    {
        long most = 0;
        if (bias is not null)
        {
            foreach (int value in bias.Span<int>())
                most = Math.Max(most, Math.Abs((long)value));
        }

        return most;
    }
}
