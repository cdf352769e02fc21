namespace Edgec.Quantize.Precision;

/// <summary>What numbers one layer computes with.</summary>
/// <param name="WeightBits">8, 4, or 32 for a layer that stays in float.</param>
/// <param name="ActivationBits">Of the value the layer computes, and of its operands where they come out of float: 8, 16,
/// or 32 for a layer that stays in float.</param>
/// <param name="WeightGroup">How many weights along the reduction share a scale; 0 for one scale an output channel.</param>
/// <param name="Wide">Output channels whose weights have 8 bits all the same; null for none.</param>
/// <param name="Rank">Of a branch with 8-bit weights that takes what is large in them; 0 for none.</param>
public sealed record LayerPrecision(int WeightBits, int ActivationBits, int WeightGroup = 0, ChannelSet? Wide = null, int Rank = 0)
{
    /// <summary>Bits of the weights of wide channels.</summary>
    public const int WideBits = 8;

    private const int FloatBits = 32;

    /// <summary>Stays in single precision, between a dequantize and a quantize.</summary>
    public static readonly LayerPrecision Float = new(FloatBits, FloatBits);

    public static readonly LayerPrecision W8A8 = new(8, 8);

    public static readonly LayerPrecision W4A8 = new(4, 8);

    public static readonly LayerPrecision W8A16 = new(8, 16);

    public static readonly LayerPrecision W4A16 = new(4, 16);

    /// <summary>The precisions by the words for them: <c>fp32</c>, <c>w8a8</c>, ….</summary>
    public static IReadOnlyList<LayerPrecision> All { get; } = [Float, W8A8, W4A8, W8A16, W4A16];

    public bool IsFloat => WeightBits == FloatBits;

    /// <summary>Without the group: <c>w4a8</c>.</summary>
    public string Word => IsFloat ? "fp32" : $"w{WeightBits}a{ActivationBits}";

    /// <summary>Bits of the weights of an output channel.</summary>
    public int BitsOf(int channel) => Wide?.Contains(channel) == true ? WideBits : WeightBits;

    /// <summary>For tables, without the channels' numbers: <c>w4a8 wide (12 channels)</c>.</summary>
    public string Brief => Wide is null ? ToString() : $"{this with { Wide = null }} wide ({Wide.Count} channel{(Wide.Count == 1 ? "" : "s")})";

    /// <summary>As a plan's text has it: <c>w4a8 group 32</c>, <c>w4a8 wide 0-3,17</c>, <c>w4a16 rank 8</c>.</summary>
    public override string ToString() => $"{Word}{(WeightGroup == 0 ? "" : $" group {WeightGroup}")}{(Wide is null ? "" : $" wide {Wide}")}{(Rank == 0 ? "" : $" rank {Rank}")}";
}
