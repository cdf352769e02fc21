using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Normalisation of rows as a kernel, float or integer, from the real parameters of an operator (docs/numerics.md, Normalisation).</summary>
internal static class NormalizationLowering
{
    private const int MostFraction = 24;
    private const int LeastFraction = -24; // of rows whose deviation is far below epsilon
    private const int MostGuard = 32;

    /// <param name="scale">One number for each channel of each group.</param>
    /// <exception cref="OperatorException">The rows are too long, or the scales out of reach.</exception>
    public static KernelLowered Lower(LoweringContext context, GroupGeometry geometry, bool centered, float epsilon, Tensor scale, Tensor? bias)
    {
        Shape flat = [geometry.Pitch];
        LayerNormStep step = context.IsQuantized
            ? Integer(context.Quantization(0), context.Output, geometry, centered, epsilon, scale, bias)
            : new FloatLayerNormStep(centered, epsilon, scale.Reshape(flat), bias?.Reshape(flat));
        return context.Kernel(new GroupNormKernel(step, geometry), 0);
    }

    private static IntegerLayerNormStep Integer(
        Quantization x, TensorType output, GroupGeometry geometry, bool centered, float epsilon, Tensor scale, Tensor? bias)
    {
        Quantization y = output.Quantization!;
        (int lo, int hi) = output.Element.Range();
        double count = Math.Max(geometry.Count, 1), added = epsilon * (centered ? count * count : count) / (x.Scale * x.Scale);
        // Where nothing is subtracted, x / √Σx² · √count is the normalised value.
        double unit = (centered ? 1 : Math.Sqrt(count)) / y.Scale;
        double[] gains = [.. Enumerable.Range(0, scale.Count).Select(i => scale.Number(i) * unit)];
        double[] biases = [.. Enumerable.Range(0, scale.Count).Select(i => Rounded((bias?.Number(i) ?? 0) / y.Scale * 256))];
        double gain = gains.Select(Math.Abs).DefaultIfEmpty().Max(), shift = biases.Select(Math.Abs).DefaultIfEmpty().Max();
        if (!(shift <= int.MaxValue))
            throw Scaling.OutOfReach(shift / 256);
        (int guard, int fraction) = Bits(geometry, centered, hi - lo, added, gain, (long)shift)
            ?? throw new OperatorException("EC4002", $"Rows of {geometry.Count} elements at an epsilon of {epsilon:g3} are out of reach of 64-bit normalisation. Split them, or keep the layer in float.");
        return new(
            centered,
            x.Zero,
            guard,
            Epsilon(added, guard),
            Tensor.Of([gains.Length], [.. gains.Select(g => (short)Rounded(Math.ScaleB(g, fraction)))]),
            Tensor.Of([biases.Length], [.. biases.Select(b => (int)b)]),
            fraction,
            y.Zero,
            lo,
            hi)
        { Spread = hi - lo };
    }

    // The most fraction bits that gains and deviation can have; a gain's come first.
    private static (int Guard, int Fraction)? Bits(in GroupGeometry geometry, bool centered, int spread, double added, double gain, long bias)
    {
        for (int fraction = MostFraction; fraction >= LeastFraction; fraction--)
        {
            double most = Rounded(Math.ScaleB(gain, fraction));
            for (int guard = MostGuard; guard >= 0 && most <= short.MaxValue; guard -= 2)
            {
                if (Math.ScaleB(added, guard) < Math.ScaleB(1, 61) && LayerNormReach.Fits(geometry, centered, spread, guard, Epsilon(added, guard), (int)most, bias, fraction))
                    return (guard, fraction);
            }
        }

        return null;
    }

    private static long Epsilon(double added, int guard) => (long)Math.Max(1, Rounded(Math.ScaleB(added, guard)));

    private static double Rounded(double value) => Math.Round(value, MidpointRounding.AwayFromZero);
}
