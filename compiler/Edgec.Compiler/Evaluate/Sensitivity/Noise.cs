using Edgec.Runtime;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>The energy of a signal, and of what another one differs from it by.</summary>
public readonly record struct Noise(double Signal, double Difference)
{
    /// <summary>Noise over signal: 0 for none, infinite for noise alone.</summary>
    public double Ratio => Difference == 0 ? 0 : Difference / Signal;

    public double Decibel => ToDecibel(Ratio);

    public static Noise operator +(Noise a, Noise b) => new(a.Signal + b.Signal, a.Difference + b.Difference);

    /// <param name="wanted">f32.</param>
    /// <param name="got">f32, of the same count.</param>
    public static Noise Between(Tensor wanted, Tensor got)
    {
        ReadOnlySpan<float> a = wanted.Span<float>(), b = got.Span<float>();
        double signal = 0, difference = 0;
        for (int i = 0; i < a.Length; i++)
        {
            signal += (double)a[i] * a[i];
            difference += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        return new(signal, difference);
    }

    /// <summary>A ratio of noise to signal as a signal to noise ratio in dB.</summary>
    public static double ToDecibel(double ratio) => ratio == 0 ? double.PositiveInfinity : -10 * Math.Log10(ratio);

    /// <summary>The inverse of <see cref="ToDecibel"/>.</summary>
    public static double FromDecibel(double decibel) => Math.Pow(10, -decibel / 10);
}
