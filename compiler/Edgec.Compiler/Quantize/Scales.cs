using Edgec.Ir;
using Edgec.Quantize.Stated;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>
/// From real ranges to integers (docs/numerics.md §1). Scales are numbers of single precision, so that a model file can say them
/// and whoever reads it finds the same multipliers.
/// </summary>
public static class Scales
{
    /// <summary>The nearest scale that single precision holds.</summary>
    public static double Single(double scale) => (float)scale;

    /// <summary>The smallest scale that single precision holds and that is not smaller.</summary>
    public static double SingleFrom(double scale) => (float)scale < scale ? MathF.BitIncrement((float)scale) : (float)scale;

    /// <summary>
    /// What holds a range: asymmetric i8 with real 0 exact, or symmetric i16 with zero point 0. A range of 0 alone gets scale 1.
    /// </summary>
    public static Quantization Activation(ValueRange range, ElementType element = ElementType.I8)
    {
        double lo = Math.Min(range.Lo, 0), hi = Math.Max(range.Hi, 0);
        double scale = Single((hi - lo) / 255);
        // Below this a product of two scales would leave the reach of the 47-bit shift.
        if (scale < 1e-12)
            return Quantization.PerTensor(1, 0);
        if (element == ElementType.I16)
            return Quantization.PerTensor(Single(Math.Max(-lo, hi) / short.MaxValue), 0);
        int zero = (int)Math.Clamp(Math.Round(-128 - lo / scale, MidpointRounding.ToEven), -128, 127);
        return Quantization.PerTensor(scale, zero);
    }

    /// <summary>Real numbers as i8 or i16 of a per-tensor quantization: nearest, ties to even, saturated.</summary>
    public static Tensor ToIntegers(Tensor values, Quantization quantization, ElementType element)
    {
        (int lo, int hi) = element.Range();
        var integers = new short[values.Count];
        ReadOnlySpan<float> source = values.Span<float>();
        for (int i = 0; i < integers.Length; i++)
            integers[i] = (short)Math.Clamp(Math.Round(source[i] / quantization.Scale, MidpointRounding.ToEven) + quantization.Zero, lo, hi);
        return element == ElementType.I16 ? Tensor.Of(values.Shape, integers) : Tensor.Of(values.Shape, [.. integers.Select(v => (sbyte)v)]);
    }

    /// <summary>
    /// Scales of weights, one for each index of <paramref name="axis"/>, at which the largest weight becomes the largest
    /// integer. A channel of zeros takes the tensor's scale.
    /// </summary>
    public static double[] OfWeights(Tensor weights, int axis, int highest)
    {
        Shape shape = weights.Shape;
        int channels = shape[axis], inner = shape.Product(axis + 1, shape.Rank);
        ReadOnlySpan<float> source = weights.Span<float>();
        var most = new double[channels];
        for (int i = 0; i < source.Length; i++)
            most[i / inner % channels] = Math.Max(most[i / inner % channels], Math.Abs(source[i]));
        double all = most.DefaultIfEmpty(0).Max();
        return [.. most.Select(reach => Single((reach > 0 ? reach : all > 0 ? all : 1) / highest))];
    }

    /// <summary>
    /// The smallest scales channels of weights may have: a bias must not exceed 2^30 at <paramref name="inputScale"/> times
    /// its scale, and requantizing to <paramref name="outputScale"/> must not need a shift beyond 47. A channel whose scale
    /// grows for the second reason adds less than a step to its output.
    /// </summary>
    /// <param name="bias">f32, one a channel; null for none.</param>
    public static double[] LeastOfWeights(int channels, double inputScale, double outputScale, Tensor? bias)
    {
        const double LeastRatio = 1.0 / (1L << 31);
        var scales = new double[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            scales[channel] = LeastRatio * outputScale / inputScale;
            if (bias is not null)
                scales[channel] = Math.Max(scales[channel], Math.Abs(bias.Span<float>()[channel]) / (inputScale * (1 << 30)));
            scales[channel] = SingleFrom(scales[channel]);
        }

        return scales;
    }

    /// <summary>Weights to nearest, ties to even, in [-127, 127] or [-7, 7].</summary>
    /// <param name="bits">8 or 4.</param>
    /// <returns>i8, or i4 for 4 bits.</returns>
    public static Tensor RoundWeights(Tensor weights, int axis, int bits, ReadOnlySpan<double> scales)
    {
        Shape shape = weights.Shape;
        int inner = shape.Product(axis + 1, shape.Rank), highest = (1 << (bits - 1)) - 1;
        var integers = new sbyte[weights.Count];
        ReadOnlySpan<float> source = weights.Span<float>();
        for (int i = 0; i < integers.Length; i++)
            integers[i] = (sbyte)Math.Clamp(Math.Round(source[i] / scales[i / inner % shape[axis]], MidpointRounding.ToEven), -highest, highest);
        return bits == 4 ? Tensor.PackI4(shape, integers) : Tensor.Of(shape, integers);
    }

    /// <summary>Weights, each with its scale, to nearest, ties to even, in [-highest, highest].</summary>
    public static void RoundWeights(ReadOnlySpan<float> weights, ReadOnlySpan<double> scales, int highest, Span<sbyte> integers)
    {
        for (int i = 0; i < weights.Length; i++)
            integers[i] = (sbyte)Math.Clamp(Math.Round(weights[i] / scales[i], MidpointRounding.ToEven), -highest, highest);
    }

    /// <summary>
    /// Weights whose integers the model states, exactly those, with zero 0; null if i8 cannot hold them or their scales lie
    /// along another axis. Only where a bias would exceed 2^30 is a channel's scale doubled and its integers halved, as often
    /// as need be: there a step of the weights is less than 2^-21 of a step of the result.
    /// </summary>
    public static (Tensor Integers, Quantization Quantization)? Weights(StatedConstant stated, int axis, double inputScale, Tensor? bias)
    {
        Quantization own = stated.Quantization;
        if (stated.Symmetric() is not { } integers || (own.Axis >= 0 && own.Axis != axis))
            return null;
        int channels = integers.Shape[axis], inner = integers.Shape.Product(axis + 1, integers.Shape.Rank);
        double[] scales = [.. Enumerable.Range(0, channels).Select(own.ScaleOf)];
        var halvings = new int[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            double steps = Math.Abs(bias?.Number(channel) ?? 0) / (inputScale * scales[channel]);
            halvings[channel] = steps >= 1 << 30 ? Math.ILogB(steps) - 29 : 0;
            scales[channel] = Math.ScaleB(scales[channel], halvings[channel]);
        }

        if (halvings.All(halving => halving == 0))
            return (integers, own.Axis < 0 ? Quantization.PerTensor(own.Scale, 0) : Quantization.PerChannel(axis, scales));
        Span<sbyte> values = integers.Span<sbyte>();
        for (int i = 0; i < values.Length; i++)
            values[i] = (sbyte)Math.Round(Math.ScaleB(values[i], -halvings[i / inner % channels]), MidpointRounding.ToEven);
        return (integers, Quantization.PerChannel(axis, scales));
    }

    /// <summary>A bias whose integers the model states, exactly those if its scale is that of the products; null if it is not.</summary>
    public static (Tensor Integers, Quantization Quantization)? Bias(StatedConstant stated, double inputScale, Quantization weights)
    {
        const double Single = 1.0 / (1 << 20); // the model multiplies the scales in single precision
        var scales = new double[stated.Integers.Count];
        var values = new int[scales.Length];
        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = inputScale * weights.ScaleOf(i);
            long value = stated.Integers.Integer(i) - stated.Quantization.Zeros[stated.Quantization.Axis < 0 ? 0 : i];
            if (Math.Abs(stated.Quantization.ScaleOf(i) / scales[i] - 1) > Single || value is < int.MinValue or > int.MaxValue)
                return null;
            values[i] = (int)value;
        }

        return (Tensor.Of(stated.Integers.Shape, values), Quantization.PerChannel(stated.Integers.Shape.Rank - 1, scales));
    }

    /// <summary>A bias as i32 at scale(input) · scale(weights of its channel).</summary>
    public static (Tensor Integers, Quantization Quantization) Bias(Tensor bias, double inputScale, Quantization weights)
    {
        Tensor integers = Tensor.Zeros(ElementType.I32, bias.Shape);
        var scales = new double[bias.Count];
        ReadOnlySpan<float> source = bias.Span<float>();
        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = inputScale * weights.ScaleOf(i);
            integers.Span<int>()[i] = (int)Math.Round(source[i] / scales[i], MidpointRounding.ToEven);
        }

        return (integers, Quantization.PerChannel(bias.Shape.Rank - 1, scales));
    }

    /// <summary>The least and the greatest of a constant's elements.</summary>
    public static ValueRange RangeOf(Tensor constant)
    {
        var range = new ValueRange(0, 0);
        foreach (float value in constant.Span<float>())
            range = range.Union(new(value, value));
        return range;
    }
}
