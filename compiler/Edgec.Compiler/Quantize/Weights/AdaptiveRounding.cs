namespace Edgec.Quantize.Weights;

/// <summary>
/// Rounds the weights of an output together, so that their errors cancel on the inputs the layer sees: minimises
/// e H eᵀ, e = w - s·q, H the second moment of the inputs, over integers q.
/// </summary>
/// <remarks>
/// First one weight after the other, each error carried to the weights still open: with H = (I + U) D (I + U)ᵀ, U strictly
/// upper, q_k = round((w_k + Σ_{j&lt;k} e_j U_jk) / s_k). This is GPTQ (Frantar et al. 2022) in the form of LDLQ (Chee et al. 2023,
/// "QuIP"), the weights with the largest moments first. Then coordinate descent (Behdin et al. 2023, "QuantEase"): each
/// weight to the best integer given all others, until none changes. The same descent starts from the nearest integers too,
/// and the better end is taken: so the error is never above that of rounding to nearest. Deterministic.
/// </remarks>
public sealed class AdaptiveRounding
{
    private const double Damping = 0.01;
    private const int MostSweeps = 20;

    private readonly int[] order;
    private readonly double[] moment; // H with damping, in the order of the weights
    private readonly double[] factors; // U, in the order in which weights are rounded

    /// <param name="moment">H, [inner, inner].</param>
    public AdaptiveRounding(double[] moment, int inner)
    {
        Inner = inner;
        this.moment = [.. moment];
        double mean = 0;
        for (int i = 0; i < inner; i++)
            mean += moment[i * inner + i] / inner;
        for (int i = 0; i < inner; i++)
            this.moment[i * inner + i] += Math.Max(Damping * mean, 1e-20);
        order = [.. Enumerable.Range(0, inner).OrderByDescending(i => this.moment[i * inner + i])];
        factors = Factorize();
    }

    public int Inner { get; }

    /// <summary>The integers of one output.</summary>
    /// <param name="scales">A scale for each weight.</param>
    public sbyte[] Round(ReadOnlySpan<float> weights, ReadOnlySpan<double> scales, int highest)
    {
        (sbyte[] carried, double carriedError) = Descend(weights, scales, highest, Carry(weights, scales, highest));
        var start = new sbyte[Inner];
        Scales.RoundWeights(weights, scales, highest, start);
        (sbyte[] nearest, double nearestError) = Descend(weights, scales, highest, start);
        return nearestError < carriedError ? nearest : carried;
    }

    private sbyte[] Carry(ReadOnlySpan<float> weights, ReadOnlySpan<double> scales, int highest)
    {
        var integers = new sbyte[Inner];
        var carried = new double[Inner]; // by place in the order
        for (int k = 0; k < Inner; k++)
        {
            int at = order[k];
            integers[at] = (sbyte)Math.Clamp(Math.Round((weights[at] + carried[k]) / scales[at]), -highest, highest);
            double error = weights[at] - scales[at] * integers[at];
            ReadOnlySpan<double> row = factors.AsSpan(k * Inner, Inner);
            for (int j = k + 1; j < Inner; j++)
                carried[j] += error * row[j];
        }

        return integers;
    }

    // gradient_k = Σ_j H_kj e_j; moving s_k q_k by d changes the error by H_kk d² - 2 d gradient_k.
    private (sbyte[] Integers, double Error) Descend(ReadOnlySpan<float> weights, ReadOnlySpan<double> scales, int highest, sbyte[] integers)
    {
        double[] errors = new double[Inner], gradient = new double[Inner];
        for (int k = 0; k < Inner; k++)
            errors[k] = weights[k] - scales[k] * integers[k];
        for (int k = 0; k < Inner; k++)
        {
            ReadOnlySpan<double> row = moment.AsSpan(k * Inner, Inner);
            for (int j = 0; j < Inner; j++)
                gradient[k] += row[j] * errors[j];
        }

        bool changed = true;
        for (int sweep = 0; sweep < MostSweeps && changed; sweep++)
        {
            changed = false;
            for (int k = 0; k < Inner; k++)
            {
                double most = moment[k * Inner + k];
                int wanted = (int)Math.Clamp(Math.Round(integers[k] + gradient[k] / (most * scales[k])), -highest, highest);
                double step = scales[k] * (wanted - integers[k]);
                if (most * step * step - 2 * step * gradient[k] >= -1e-12 * most * scales[k] * scales[k])
                    continue;
                changed = true;
                integers[k] = (sbyte)wanted;
                errors[k] -= step;
                ReadOnlySpan<double> row = moment.AsSpan(k * Inner, Inner);
                for (int j = 0; j < Inner; j++)
                    gradient[j] -= step * row[j];
            }
        }

        double error = 0;
        for (int k = 0; k < Inner; k++)
            error += errors[k] * gradient[k];
        return (integers, error);
    }

    // U of H = (I + U) D (I + U)ᵀ in the order of rounding, from the last column back.
    private double[] Factorize()
    {
        int n = Inner;
        var h = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < n; k++)
                h[i * n + k] = moment[order[i] * n + order[k]];
        }

        var column = new double[n];
        for (int j = n - 1; j >= 0; j--)
        {
            double pivot = Math.Max(h[j * n + j], 1e-30);
            for (int i = 0; i < j; i++)
            {
                column[i] = h[i * n + j];
                h[i * n + j] = column[i] / pivot;
            }

            int end = j;
            void Eliminate(int i)
            {
                double factor = h[i * n + end];
                Span<double> row = h.AsSpan(i * n + i, end - i);
                ReadOnlySpan<double> values = column.AsSpan(i, end - i);
                for (int k = 0; k < row.Length; k++)
                    row[k] -= factor * values[k];
            }

            if (j > 256)
                Parallel.For(0, j, Eliminate);
            else
                for (int i = 0; i < j; i++)
                    Eliminate(i);
        }

        return h; // the upper triangle without the diagonal is U
    }
}
