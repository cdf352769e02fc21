using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>What each element of a resized axis is a weighted sum of: input elements that follow one another, all of them inside the axis.</summary>
/// <param name="starts">The first input index of each output.</param>
/// <param name="taps">Input elements of each output.</param>
/// <param name="weights">[outputs, taps].</param>
internal sealed class ResampleTable(int[] starts, int taps, double[] weights)
{
    /// <summary>A sum of weights up to which products of two axes and 8-bit values leave 32 bits for the sum.</summary>
    public const int MostUnit = 1 << 11;

    // Weights this near to fractions are fractions: coordinates come from scales in single precision.
    private const double Exact = 1.0 / (1 << 20);

    /// <summary>Input elements of each output.</summary>
    public int Taps => taps;

    /// <summary>i32[outputs].</summary>
    public Tensor Starts => Tensor.Of([starts.Length], starts);

    /// <summary>f32[outputs, taps].</summary>
    public Tensor Real => Tensor.Of(Shape, [.. weights.Select(weight => (float)weight)]);

    /// <summary>The greatest sum of magnitudes of the weights of one output: 1 where none is negative.</summary>
    public double Reach => Enumerable.Range(0, starts.Length).Select(i => Row(i).Sum(Math.Abs)).DefaultIfEmpty(1).Max();

    private Shape Shape => [starts.Length, taps];

    /// <summary>An axis that stays as it is.</summary>
    public static ResampleTable Identity(int extent) => new([.. Enumerable.Range(0, extent)], 1, [.. Enumerable.Repeat(1.0, extent)]);

    /// <summary>The table of an axis whose outputs all lie inside the input.</summary>
    public static ResampleTable Of(ResizeSampling sampling, in ResizeAxis axis)
    {
        int extent = axis.Input;
        var rows = new SortedDictionary<int, double>[axis.Output];
        for (int i = 0; i < rows.Length; i++)
        {
            (int first, double[] values) = sampling.Taps(i, axis) ?? throw new InvalidOperationException("an output has no weights");
            rows[i] = [];
            for (int t = 0; t < values.Length; t++)
            {
                int source = Math.Clamp(first + t, 0, extent - 1); // beyond the ends the last elements repeat
                if (values[t] != 0)
                    rows[i][source] = rows[i].GetValueOrDefault(source) + values[t];
            }
        }

        int taps = rows.Select(row => row.Count == 0 ? 1 : row.Last().Key - row.First().Key + 1).DefaultIfEmpty(1).Max();
        int[] starts = [.. rows.Select(row => Math.Min(row.Count == 0 ? 0 : row.First().Key, extent - taps))];
        return new(starts, taps, [.. rows.SelectMany((row, i) => Enumerable.Range(starts[i], taps).Select(source => row.GetValueOrDefault(source)))]);
    }

    /// <summary>
    /// The weights as integers that add up to one unit for every output: as exact fractions where a unit of at most <paramref name="mostUnit"/> has them all,
    /// else to the nearest.
    /// </summary>
    /// <returns>i16[outputs, taps], the unit, and the greatest Σ |weight - integer / unit| of an output.</returns>
    public (Tensor Weights, int Unit, double Error) Integers(int mostUnit)
    {
        int unit = Enumerable.Range(1, mostUnit).FirstOrDefault(u => weights.All(weight => Math.Abs(weight - Math.Round(weight * u) / u) <= Exact), mostUnit);
        var integers = new short[weights.Length];
        double error = 0;
        for (int i = 0; i < starts.Length; i++)
        {
            double[] row = Row(i);
            int[] rounded = [.. row.Select(weight => (int)Math.Round(weight * unit))];
            int largest = Array.IndexOf(row, row.Max());
            rounded[largest] += unit - rounded.Sum();
            error = Math.Max(error, row.Zip(rounded, (weight, integer) => Math.Abs(weight - (double)integer / unit)).Sum());
            for (int t = 0; t < taps; t++)
                integers[i * taps + t] = (short)rounded[t];
        }

        return (Tensor.Of(Shape, integers), unit, error);
    }

    private double[] Row(int output) => weights[(output * taps)..((output + 1) * taps)];
}
