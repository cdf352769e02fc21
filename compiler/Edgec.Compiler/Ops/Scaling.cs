using Edgec.Ir;
using Edgec.Kernels;

namespace Edgec.Ops;

/// <summary>Scales of operands as the integer parameters of a kernel, in the graph's rounding profile.</summary>
internal static class Scaling
{
    /// <summary>The finish of Σ x·w at scale(x)·scale(w), each output channel with its own weight scale.</summary>
    /// <exception cref="OperatorException">A ratio of scales is out of reach of a shift in [1, 47].</exception>
    public static IntegerFinish Finish(LoweringContext context, Quantization x, Quantization w, int channels, Activation activation)
    {
        var ratios = new double[w.Axis < 0 ? 1 : channels];
        for (int i = 0; i < ratios.Length; i++)
            ratios[i] = x.Scale * w.ScaleOf(i) / context.Output.Quantization!.Scale;
        return Finish(context, ratios, activation);
    }

    /// <summary>The finish that multiplies an accumulator by real ratios.</summary>
    public static IntegerFinish Finish(LoweringContext context, ReadOnlySpan<double> ratios, Activation activation)
    {
        (int lo, int hi) = activation.Integers(context.Output);
        return FixedPoint.Finish(ratios, context.Output.Quantization!.Zero, lo, hi, context.Rounding, FixedPoint.BitsOf(context.Output.Element)) ?? throw OutOfReach(ratios.ToArray().Max());
    }

    public static OperatorException OutOfReach(double ratio) => new(
        "EC3002", $"The scales of inputs and output differ by a factor of {ratio:g4}, out of reach of a 47-bit shift. Calibrate on data that uses this layer, or keep it in float.");
}
