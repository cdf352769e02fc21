using System.Buffers.Binary;
using Edgec.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>Normalisation by deviation as a command: order of the words, gains and biases as lanes.</summary>
public static class NormLowering
{
    /// <summary>Words of the longest block that waits on chip for its sums.</summary>
    public const int MostHeld = 4096;

    /// <summary>Words of the image for a word of channels: gains of 16 bits, biases of 32.</summary>
    public const int ParameterWords = 6;

    private const int Lanes = EngineConfiguration.Lanes;

    /// <param name="layout">Of the kernel over its operand as it is stored.</param>
    /// <param name="source">Word address of the operand.</param>
    /// <param name="target">Word address of the result.</param>
    public static NormCommand Lower(int layer, IntegerLayerNormStep step, NormLayout layout, int source, int target, ParameterImage image)
    {
        short[] gains = layout.InWords<short>(step.Gains.Span<short>());
        int[] biases = layout.InWords<int>(step.Biases.Span<int>());
        var bytes = new byte[layout.ChannelWords * ParameterWords * Lanes];
        for (int i = 0; i < gains.Length; i++)
        {
            Span<byte> word = bytes.AsSpan(i / Lanes * ParameterWords * Lanes);
            BinaryPrimitives.WriteInt16LittleEndian(word[(i % Lanes * sizeof(short))..], gains[i]);
            BinaryPrimitives.WriteInt32LittleEndian(word[(Lanes * sizeof(short) + i % Lanes * sizeof(int))..], biases[i]);
        }

        return new(layout.Nest(source), layout.Nest(target), layout.BlockWords <= MostHeld, image.Add(bytes), layout, step) { Layer = layer };
    }
}
