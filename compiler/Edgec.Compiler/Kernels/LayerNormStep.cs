using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>What a <see cref="GroupNormKernel"/> computes along each row.</summary>
/// <param name="Centered">Around the mean; false: around 0, by the mean of squares.</param>
public abstract record LayerNormStep(bool Centered)
{
    public virtual IEnumerable<KernelConstant> Constants => [];
}

/// <summary>Order-free integer normalisation (docs/numerics.md, Normalisation): i8 to i8, or i16 to i16 with zero points of 0.</summary>
/// <param name="InputZero">Zero point of the operand; counts where the row is not centred.</param>
/// <param name="Guard">Fraction bits that the square of the row's deviation gets, an even number.</param>
/// <param name="Epsilon">What is then added to it: at least 1.</param>
/// <param name="Gains">i16[Groups · Channels], with <paramref name="Fraction"/> fraction bits (less than none where that is negative), in steps of the output.</param>
/// <param name="Biases">i32[Groups · Channels], with 8 fraction bits, in steps of the output.</param>
/// <param name="Zero">Zero point of the result.</param>
public sealed record IntegerLayerNormStep(
    bool Centered, int InputZero, int Guard, long Epsilon, Tensor Gains, Tensor Biases, int Fraction, int Zero, int Lo, int Hi) : LayerNormStep(Centered)
{
    /// <summary>How far apart two elements of the operand can lie: 255, or 65535 for 16 bits.</summary>
    public int Spread { get; init; } = byte.MaxValue;

    public override IEnumerable<KernelConstant> Constants => [new("gains", Gains), new("biases", Biases)];

    /// <summary>
    /// How far a result can lie from exact arithmetic on the same integers, in steps: rounding; the bias to 8 fraction bits; the gain to its own,
    /// times the greatest normalised value; the reciprocal root, which may be 2^-15 too small and of an epsilon half a unit off, times the greatest
    /// result that is not clamped. A row that is not constant has a square of the deviation of N - 1 at least.
    /// </summary>
    public double Error(GroupGeometry geometry)
    {
        double count = geometry.Count, distance = Centered ? count * Spread : Spread, bias = 0, gain = 0;
        double normal = Math.Min(Centered ? Math.Sqrt(Math.Max(count - 1, 0)) : 1, distance / Math.Sqrt(Math.ScaleB(Epsilon, -Guard)));
        foreach (int value in Biases.Span<int>())
            bias = Math.Max(bias, Math.Abs((double)value) / 256);
        foreach (short value in Gains.Span<short>())
            gain = Math.Max(gain, Math.ScaleB(Math.Abs((double)value), -Fraction));
        double fraction = Math.ScaleB(1, -Fraction - 1), guard = 0.5 / (Math.ScaleB(Centered ? Math.Max(count - 1, 1) : 1, Guard) + Epsilon);
        return 0.5 + 1.0 / 512 + normal * fraction + Math.Min(Spread + bias, normal * gain) * (Math.ScaleB(1, -15) + Math.ScaleB(1, -28) + guard);
    }
}

/// <summary>Normalises to deviation 1, then scales and shifts, in single precision.</summary>
/// <param name="Scale">f32[Groups · Channels].</param>
/// <param name="Bias">f32[Groups · Channels], or null.</param>
public sealed record FloatLayerNormStep(bool Centered, float Epsilon, Tensor Scale, Tensor? Bias) : LayerNormStep(Centered)
{
    public override IEnumerable<KernelConstant> Constants =>
        Bias is null ? [new("scale", Scale)] : [new("scale", Scale), new("bias", Bias)];
}
