using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Quantize.Stated;

/// <summary>
/// The scale of an input that nothing but thresholds read: the one whose rounding falls between integers just where the
/// thresholds stand, so that 8 bits lose nothing the network asks for, and no data is needed. Only numbers that equal a
/// threshold in all their bits may fall on its other side.
/// </summary>
internal static class ThresholdGrid
{
    /// <summary>How far from evenly spaced thresholds may be, in spacings.</summary>
    private const double Tolerance = 1e-6;

    /// <summary>The grid; null if the input has other readers, or thresholds that no grid fits.</summary>
    public static Quantization? Of(Graph graph, string input, Func<Node, QuantizationRule> ruleOf)
    {
        string value = input;
        while (graph.HasSingleUse(value) && graph.Consumers(value) is [var reader])
        {
            if (reader.Op is Thresholds)
                return graph.ConstantOf(reader.Inputs[1]) is { Shape: [1, _] } thresholds ? Of(thresholds.Span<double>()) : null;
            if (ruleOf(reader) is not SharedRule || reader.Inputs.Count(i => i.Length > 0 && graph.ConstantOf(i) is null) != 1)
                return null;
            value = reader.Output;
        }

        return null;
    }

    // With boundaries (n + 1/2)·scale: thresholds one scale apart, the first at a boundary.
    private static Quantization? Of(ReadOnlySpan<double> thresholds)
    {
        double first = thresholds[0];
        // One threshold is a boundary of many grids; of this one at 3/2, or -1/2.
        double scale = thresholds.Length > 1 ? (thresholds[^1] - first) / (thresholds.Length - 1) : first > 0 ? first / 1.5 : -2 * first;
        if (!double.IsFinite(first) || !double.IsFinite(scale) || scale < 1e-12)
            return null;
        double below = Math.Round(first / scale - 0.5);
        for (int i = 0; i < thresholds.Length; i++)
        {
            if (!(Math.Abs(thresholds[i] / scale - 0.5 - below - i) < Tolerance))
                return null;
        }

        double above = below + thresholds.Length;
        int zero = below >= sbyte.MinValue && above <= sbyte.MaxValue ? 0 : (int)Math.Clamp(-(below + above) / 2, sbyte.MinValue, sbyte.MaxValue);
        return below + zero >= sbyte.MinValue && above + zero <= sbyte.MaxValue ? Quantization.PerTensor((float)scale, zero) : null;
    }
}
