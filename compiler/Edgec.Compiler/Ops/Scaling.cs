using Edgec.Ir;
using Edgec.Kernels;

namespace Edgec.Ops;

/// <summary>Scales of operands as the integer parameters of a kernel.</summary>
internal static class Scaling
{
    /// <summary>The finish of Σ x·w at scale(x)·scale(w), each output channel with its own weight scale.</summary>
    /// <exception cref="OperatorException">A ratio of scales is out of reach of a shift in [1, 47].</exception>
    public static IntegerFinish Finish(Quantization x, Quantization w, Quantization y, int channels, Activation activation)
    {
        var ratios = new double[w.Axis < 0 ? 1 : channels];
        for (int i = 0; i < ratios.Length; i++)
            ratios[i] = x.Scale * w.ScaleOf(i) / y.Scale;
        return Finish(ratios, y, activation);
    }

    /// <summary>The finish that multiplies an accumulator by real ratios.</summary>
    public static IntegerFinish Finish(ReadOnlySpan<double> ratios, Quantization y, Activation activation)
    {
        (int lo, int hi) = activation.Integers(y);
        return FixedPoint.Finish(ratios, y.Zero, lo, hi) ?? throw OutOfReach(ratios.ToArray().Max());
    }

    public static OperatorException OutOfReach(double ratio) => new(
        "EC3002", $"The scales of inputs and output differ by a factor of {ratio:g4}, out of reach of a 47-bit shift. Calibrate on data that uses this layer, or keep it in float.");
}
