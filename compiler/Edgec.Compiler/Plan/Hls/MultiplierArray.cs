using Edgec.Targets;

namespace Edgec.Plan.Hls;

/// <summary>
/// How wide the array of multipliers is: columns of 16 multipliers, each for one output, or where weights have 4 bits for two.
/// </summary>
/// <param name="Outputs">Outputs it computes at once; a multiple of 16.</param>
/// <param name="Pairs">A multiplier takes two weights of 4 bits at once, see <c>pairs.hpp</c>: there are half as many columns as outputs.</param>
public readonly record struct MultiplierArray(int Outputs, bool Pairs)
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>Outputs computed at once with weights of 8 bits, or with activations in their place.</summary>
    public int Columns => Pairs ? Outputs / 2 : Outputs;

    /// <summary>Outputs of a group of a dense layer.</summary>
    public int Group(ConvolutionShape shape) => IsPaired(shape) ? Outputs : Columns;

    /// <summary>A layer's weights enter the array in pairs.</summary>
    public bool IsPaired(ConvolutionShape shape) => Pairs && shape.Mode == ConvolutionMode.Dense && shape.HasPackedWeights;

    /// <summary>
    /// Two products fit one multiplier: samples of b bits ask for pairs of b + 13, the wide port of a DSP48E1 has 25 and that of a DSP48E2 27.
    /// </summary>
    public static bool CanPair(int sampleBits, DspKind dsp) => sampleBits + 13 <= (dsp == DspKind.Dsp48E2 ? 27 : 25);

    /// <summary>
    /// Arrays for layers: with pairs where some weights have 4 bits. A group of 8 bits fills whole words then too, or there is none.
    /// </summary>
    public static IEnumerable<MultiplierArray> For(int outputs, IReadOnlyList<ConvolutionShape> shapes)
    {
        yield return new(outputs, false);
        var pairs = new MultiplierArray(outputs, true);
        if (shapes.Any(pairs.IsPaired) && (pairs.Columns % Lanes == 0 || !shapes.Any(pairs.IsSingle)))
            yield return pairs;
    }

    /// <summary>A dense layer whose products are one to a multiplier.</summary>
    public bool IsSingle(ConvolutionShape shape) => shape.Mode == ConvolutionMode.Dense && !IsPaired(shape);
}
