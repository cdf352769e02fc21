namespace Edgec.Quantize.Weights;

/// <summary>What calibration data is used for, beyond ranges: which steps choose the integers of the weights.</summary>
/// <param name="Equalize">Scales of channels are moved between layers, see <see cref="Equalization"/>.</param>
/// <param name="ClipSearch">Scales of output channels are searched, see <see cref="Weights.ClipSearch"/>.</param>
/// <param name="AdaptiveRounding">Weights are rounded together, see <see cref="Weights.AdaptiveRounding"/>.</param>
/// <param name="CorrectBias">Biases take up the mean error, see <see cref="BiasCorrection"/>.</param>
public sealed record WeightOptimization(bool Equalize = false, bool ClipSearch = false, bool AdaptiveRounding = false, bool CorrectBias = false)
{
    /// <summary>Each weight to its nearest integer, each scale by the largest weight.</summary>
    public static readonly WeightOptimization None = new();

    /// <summary>The usual steps for weights of 4 bits, chosen by measurement (docs/precision.md).</summary>
    public static readonly WeightOptimization Usual = new(ClipSearch: true, AdaptiveRounding: true, CorrectBias: true);

    /// <summary>The steps by the words for them.</summary>
    public static IReadOnlyList<string> Words { get; } = ["equalize", "clip", "round", "bias"];

    /// <summary>Data beyond ranges is needed.</summary>
    public bool NeedsStatistics => ClipSearch || AdaptiveRounding || CorrectBias;

    /// <summary>Reads <c>none</c>, <c>all</c>, or a list such as <c>clip,round</c>; null if it is none of these.</summary>
    public static WeightOptimization? Parse(string text)
    {
        if (text == "none")
            return None;
        string[] words = text == "all" ? [.. Words] : text.Split(',');
        return words.All(Words.Contains)
            ? new(words.Contains("equalize"), words.Contains("clip"), words.Contains("round"), words.Contains("bias"))
            : null;
    }

    /// <summary>The text that <see cref="Parse"/> reads back.</summary>
    public override string ToString()
    {
        string text = string.Join(',', Words.Zip([Equalize, ClipSearch, AdaptiveRounding, CorrectBias]).Where(pair => pair.Second).Select(pair => pair.First));
        return text.Length == 0 ? "none" : text;
    }
}
