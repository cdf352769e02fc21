using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Arithmetic;

namespace Edgec.Ops;

/// <summary>Functions of one i16 as tables with linear interpolation (docs/numerics.md §3).</summary>
internal static class InterpolatedTable
{
    /// <summary>The coarsest grid: entries 128 steps apart, 513 of them.</summary>
    private const int MaxStepBits = 7;

    /// <summary>The greatest error a grid may have, in steps of the result; a finer one is taken until it holds. Rounding alone is 1/2.</summary>
    private const double WantedError = 1.5;

    /// <summary>Entries have 4 fraction bits and at most 24 in all.</summary>
    private const int FractionBits = 4;
    private const int MostEntry = (1 << 23) - 1;

    /// <summary>
    /// The function between grid points as far apart as the error over all 65,536 inputs allows. Grid points a step apart are exact, so
    /// there always is one. Where the function has no value (NaN) the entry stands for 0.
    /// </summary>
    /// <param name="activation">Clamps behind interpolation, so that its bends cost no accuracy.</param>
    public static CurveStep Curve(double scale, TensorType result, Func<double, double> function, Activation activation)
    {
        (int lo, int hi) = activation.Integers(result);
        double[] exact = Exact(scale, result, function);
        for (int stepBits = MaxStepBits; ; stepBits--)
        {
            var entries = new int[(1 << (16 - stepBits)) + 1];
            for (int i = 0; i < entries.Length; i++)
                entries[i] = Entry(exact[Math.Min(i << stepBits, exact.Length - 1)]);
            int mask = (1 << stepBits) - 1;
            double worst = 0;
            for (int x = 0; x < exact.Length - 1; x++)
            {
                int y = Interpolation.Curve(entries[x >> stepBits], entries[(x >> stepBits) + 1], x & mask, stepBits, lo, hi);
                worst = Math.Max(worst, Math.Abs(y - Math.Clamp(exact[x], lo, hi)));
            }

            if (worst <= WantedError || stepBits == 0)
                return new(Tensor.Of([entries.Length], entries), stepBits, lo, hi, worst);
        }
    }

    /// <summary>
    /// A function f for which ReLU(x) - f(x) is even: half a table of that difference, which vanishes far from 0.
    /// </summary>
    /// <returns>Null if the ratio of the scales leaves no room for the fraction of the entries.</returns>
    public static ReluDeltaStep? ReluDelta(double scale, TensorType result, Func<double, double> function)
    {
        (int lo, int hi) = Activation.None.Integers(result);
        double ratio = scale / result.Quantization!.Scale;
        if (FixedPoint.Normalize(ratio, 24) is not var (multiplier, shift) || shift < MaxStepBits + FractionBits || shift > 40)
            return null;
        double[] exact = Exact(scale, result, function);
        for (int stepBits = MaxStepBits; ; stepBits--)
        {
            int[] entries = Differences(exact, ratio, stepBits);
            int mask = (1 << stepBits) - 1, last = entries.Length - 2;
            double worst = 0;
            for (int i = 0; i < exact.Length - 1; i++)
            {
                int x = i - 32768, magnitude = Math.Abs(x), at = Math.Min(magnitude >> stepBits, last);
                int y = Interpolation.ReluDelta(x, entries[at], entries[at + 1], magnitude & mask, stepBits, multiplier, shift, lo, hi);
                worst = Math.Max(worst, Math.Abs(y - Math.Clamp(exact[i], lo, hi)));
            }

            if (worst <= WantedError || stepBits == 0)
                return new(Tensor.Of([entries.Length], entries), stepBits, multiplier, shift, lo, hi, worst);
        }
    }

    // Up to where the difference stays below the last fraction bit: two entries of 0 stand for all behind.
    private static int[] Differences(double[] exact, double ratio, int stepBits)
    {
        var entries = new List<int>();
        for (int x = 0; x <= 32768 + (1 << stepBits); x += 1 << stepBits)
            entries.Add(x <= 32767 ? Entry(ratio * x - exact[x + 32768]) : entries[^1]);
        int count = entries.Count;
        while (count > 2 && entries[count - 1] == 0 && entries[count - 2] == 0 && entries[count - 3] == 0)
            count--;
        return [.. entries.Take(count)];
    }

    // f(scale · x) in steps of the result for x from -32768 to 32768, one beyond the last input.
    private static double[] Exact(double scale, TensorType result, Func<double, double> function)
    {
        var exact = new double[65537];
        for (int i = 0; i < exact.Length; i++)
        {
            double value = function(scale * (i - 32768)) / result.Quantization!.Scale;
            exact[i] = double.IsNaN(value) ? 0 : Math.Clamp(value, -1e9, 1e9);
        }

        return exact;
    }

    private static int Entry(double value) =>
        (int)Math.Clamp(Math.Round(value * (1 << FractionBits), MidpointRounding.ToEven), -MostEntry, MostEntry);
}
