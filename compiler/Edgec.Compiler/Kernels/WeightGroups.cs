using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Kernels;

/// <summary>Groups of weights inside an output with a multiplier each: the sum is <c>Σ multiplier · (sum of the group)</c>.</summary>
/// <param name="Size">Weights of a group, consecutive in an output's; the last group may have fewer.</param>
/// <param name="Multipliers">u8 [outputs, groups].</param>
public sealed record WeightGroups(int Size, Tensor Multipliers)
{
    /// <summary>The groups of quantized weights; null where a channel has one scale.</summary>
    /// <param name="outputs">The number of channels.</param>
    public static WeightGroups? Of(Quantization weights, int outputs) => weights.Groups is not { } groups
        ? null
        : new(groups.Size, Tensor.Of<byte>([outputs, groups.Multipliers.Count / Math.Max(1, outputs)], [.. groups.Multipliers.Select(m => (byte)m)]));

    /// <summary>The multiplier of a weight.</summary>
    /// <param name="index">Its place among an output's weights.</param>
    public int Multiplier(int output, int index) => Multipliers.Span<byte>()[output * Multipliers.Shape[1] + index / Size];
}
