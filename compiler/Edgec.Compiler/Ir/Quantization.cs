namespace Edgec.Ir;

/// <summary>How integers stand for reals: <c>real = scale * (q - zero)</c>, per tensor or along one axis.</summary>
/// <param name="Scales">One scale, or one for each index of <paramref name="Axis"/>. Finite and positive.</param>
/// <param name="Zeros">As many zero points as scales.</param>
/// <param name="Axis">The axis of a per-channel quantization; -1 if there is one scale for the tensor.</param>
/// <param name="Groups">Scales inside the channels of weights; null if a channel has one.</param>
public sealed record Quantization(EquatableArray<double> Scales, EquatableArray<int> Zeros, int Axis = -1, GroupScales? Groups = null)
{
    public static Quantization PerTensor(double scale, int zero) => new([scale], [zero]);

    public static Quantization PerChannel(int axis, ReadOnlySpan<double> scales) =>
        new([.. scales], [.. new int[scales.Length]], axis);

    /// <summary>The scale of a per-tensor quantization.</summary>
    public double Scale => Axis < 0 ? Scales[0] : throw new InvalidOperationException("quantized per channel");

    /// <summary>The zero point of a per-tensor quantization.</summary>
    public int Zero => Axis < 0 ? Zeros[0] : throw new InvalidOperationException("quantized per channel");

    /// <summary>The scale of channel <paramref name="channel"/>, or the tensor's.</summary>
    public double ScaleOf(int channel) => Scales.Count == 1 ? Scales[0] : Scales[channel];
}
