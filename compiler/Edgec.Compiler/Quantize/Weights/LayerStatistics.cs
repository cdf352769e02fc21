using System.Numerics;
using System.Runtime.InteropServices;

namespace Edgec.Quantize.Weights;

/// <summary>
/// First and second moments of what a layer's weights are multiplied by: E[x] and E[x xᵀ] over the rows of calibration
/// data, x having <see cref="Inner"/> elements. A convolution with groups has moments for each of them.
/// </summary>
/// <param name="groups">Groups of outputs that see inputs of their own.</param>
/// <param name="inner">Weights of one output.</param>
public sealed class LayerStatistics(int groups, int inner)
{
    private readonly float[] products = new float[(long)groups * inner * inner];
    private readonly double[] sums = new double[groups * inner];
    private readonly long[] rows = new long[groups];

    public int Groups => groups;

    public int Inner => inner;

    /// <summary>Bytes that such statistics take.</summary>
    public static long Bytes(int groups, int inner) => sizeof(float) * (long)groups * inner * inner;

    /// <summary>Counts one row of a group's inputs.</summary>
    public void Add(int group, ReadOnlySpan<float> x)
    {
        rows[group]++;
        Span<float> square = products.AsSpan(checked((int)((long)group * inner * inner)), inner * inner);
        for (int i = 0; i < inner; i++)
        {
            float value = x[i];
            sums[group * inner + i] += value;
            if (value != 0)
                AddScaled(x[i..], value, square.Slice(i * inner + i, inner - i));
        }
    }

    /// <summary>E[x] of a group.</summary>
    public double[] Mean(int group)
    {
        var mean = new double[inner];
        for (int i = 0; i < inner; i++)
            mean[i] = sums[group * inner + i] / Math.Max(1, rows[group]);
        return mean;
    }

    /// <summary>E[x²] of a group.</summary>
    public double[] Squares(int group)
    {
        var squares = new double[inner];
        for (int i = 0; i < inner; i++)
            squares[i] = products[(long)group * inner * inner + i * inner + i] / Math.Max(1, rows[group]);
        return squares;
    }

    /// <summary>E[x xᵀ] of a group, or the covariance, [Inner, Inner].</summary>
    /// <param name="centered">Without the part of the mean, for errors whose mean is corrected elsewhere.</param>
    public double[] SecondMoment(int group, bool centered)
    {
        double[] mean = Mean(group);
        var moment = new double[inner * inner];
        long from = (long)group * inner * inner;
        for (int i = 0; i < inner; i++)
        {
            for (int k = i; k < inner; k++)
            {
                double value = products[from + i * inner + k] / Math.Max(1, rows[group]) - (centered ? mean[i] * mean[k] : 0);
                moment[i * inner + k] = moment[k * inner + i] = value;
            }
        }

        return moment;
    }

    private static void AddScaled(ReadOnlySpan<float> x, float factor, Span<float> target)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(x);
        Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(target);
        var factors = new Vector<float>(factor);
        for (int i = 0; i < sums.Length; i++)
            sums[i] += vectors[i] * factors;
        for (int i = sums.Length * Vector<float>.Count; i < target.Length; i++)
            target[i] += x[i] * factor;
    }
}
