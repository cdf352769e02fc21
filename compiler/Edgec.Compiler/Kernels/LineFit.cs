namespace Edgec.Kernels;

/// <summary>
/// Finds a requantization <c>clamp((q·multiplier + addend) >> shift, lo, hi)</c> that equals a <see cref="Staircase"/> at
/// every integer of its range. Both are monotone, so they are equal everywhere if they are at each threshold and just before
/// it: there the line must be at least the one value and less than one above the other. Every pair of such conditions bounds
/// the slope; a slope in between, rounded to a multiplier, leaves an interval of addends, in exact integers, or none.
/// </summary>
internal static class LineFit
{
    private static readonly int[] MultiplierBits = [16, 24, 31];

    /// <summary>The parameters, with as few bits of multiplier as will do; null if no line was found.</summary>
    public static (int Multiplier, int Shift, long Addend)? Of(Staircase staircase, int lo, int hi)
    {
        (List<Condition> atLeast, List<Condition> atMost) = Conditions(staircase, lo, hi);
        (double least, double most) = (double.NegativeInfinity, double.PositiveInfinity);
        foreach (Condition lower in atLeast)
        {
            foreach (Condition upper in atMost)
            {
                double rise = upper.Value + 1.0 - lower.Value, run = upper.At - lower.At;
                if (run > 0)
                    most = Math.Min(most, rise / run);
                else if (run < 0)
                    least = Math.Max(least, rise / run);
                else if (rise <= 0)
                    return null;
            }
        }

        if (least >= most)
            return null;
        double slope = Within(least, most);
        if (slope == 0)
            return Addend(atLeast, atMost, 0, 1) is { } constant ? (0, 1, constant) : null;
        foreach (int bits in MultiplierBits)
        {
            if (FixedPoint.Normalize(Math.Abs(slope), bits) is not { } normal)
                continue;
            int multiplier = slope < 0 ? -normal.Multiplier : normal.Multiplier;
            if (Addend(atLeast, atMost, multiplier, normal.Shift) is { } addend && Fits(staircase, multiplier, addend))
                return (multiplier, normal.Shift, addend);
        }

        return null;
    }

    // Conditions that the clamp fulfils by itself are left out: they would bound the slope for nothing.
    private static (List<Condition> AtLeast, List<Condition> AtMost) Conditions(Staircase staircase, int lo, int hi)
    {
        List<Condition> atLeast = [], atMost = [];
        void Require(long at, int value, bool least)
        {
            if (least && value > lo)
                atLeast.Add(new(at, value));
            else if (!least && value < hi)
                atMost.Add(new(at, value));
        }

        bool rises = staircase.Step > 0;
        int before = staircase.Start;
        Require(staircase.Lowest, before, least: rises);
        foreach (long threshold in staircase.Thresholds)
        {
            int after = before + staircase.Step;
            // Where the threshold is always reached, what counts is the first integer; where it never is, the last.
            if (threshold <= staircase.Highest)
                Require(Math.Max(threshold, staircase.Lowest), after, least: rises);
            if (threshold > staircase.Lowest)
                Require(Math.Min(threshold - 1, staircase.Highest), before, least: !rises);
            before = after;
        }

        Require(staircase.Highest, before, least: !rises);

        return (atLeast, atMost);
    }

    private static double Within(double least, double most) => (double.IsInfinity(least), double.IsInfinity(most)) switch
    {
        _ when least < 0 && most > 0 => 0,
        (false, false) => least / 2 + most / 2,
        (false, true) => 2 * least + (least == 0 ? 1 : 0),
        (true, false) => 2 * most - (most == 0 ? 1 : 0),
        _ => 0,
    };

    // The middle of the addends with which every condition holds.
    private static long? Addend(List<Condition> atLeast, List<Condition> atMost, int multiplier, int shift)
    {
        Int128 least = Int128.MinValue, most = Int128.MaxValue;
        foreach (Condition lower in atLeast)
            least = Int128.Max(least, ((Int128)lower.Value << shift) - (Int128)lower.At * multiplier);
        foreach (Condition upper in atMost)
            most = Int128.Min(most, ((Int128)(upper.Value + 1) << shift) - 1 - (Int128)upper.At * multiplier);
        if (least > most)
            return null;
        Int128 middle = least == Int128.MinValue ? most : most == Int128.MaxValue ? least : least + (most - least) / 2;
        if (least == Int128.MinValue && most == Int128.MaxValue)
            middle = 0;
        return middle >= long.MinValue / 2 && middle <= long.MaxValue / 2 ? (long)middle : null;
    }

    // docs/numerics.md §2: |q|·multiplier + |addend| stays under 2^62 with the zero point on either side of the sum.
    private static bool Fits(Staircase staircase, int multiplier, long addend)
    {
        Int128 reach = Int128.Max(Math.Abs(staircase.Lowest), Math.Abs(staircase.Highest)) * 2;
        return reach * Math.Abs((long)multiplier) + Int128.Abs(addend) < (Int128)1 << 62;
    }

    private readonly record struct Condition(long At, int Value);
}
