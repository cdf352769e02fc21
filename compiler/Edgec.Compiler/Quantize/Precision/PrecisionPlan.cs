using System.Text;
using Edgec.Ir;

namespace Edgec.Quantize.Precision;

/// <summary>
/// Which layer computes with which numbers. As text, a line each:
/// <code>
/// default = w4a8 group 32
/// ends = w8a8                      # the first and the last layers with weights
/// layer /stem/conv1/Conv = w8a16
/// layer /body/conv2/Conv = w4a8 wide 0-3,17
/// layer head/* = fp32
/// </code>
/// A layer is a node of the canonical graph; it goes by the name of the value it computes or of an ONNX node it came from,
/// as <c>inspect</c> prints both. Of the rules that match, the last one holds; a rule holds against <c>ends</c>, and that
/// against <c>default</c>. Without a line <c>ends</c> the ends have the default's precision with 8-bit weights.
/// </summary>
/// <param name="Ends">Of the layers with weights that no other such layer comes before, or none after.</param>
public sealed record PrecisionPlan(LayerPrecision Default, LayerPrecision Ends, EquatableArray<PrecisionRule> Rules)
{
    public static readonly PrecisionPlan Fp32 = Of(LayerPrecision.Float);

    public static readonly PrecisionPlan W8A8 = Of(LayerPrecision.W8A8);

    /// <summary>One precision for all layers, but 8-bit weights in the first and the last ones.</summary>
    public static PrecisionPlan Of(LayerPrecision precision) => new(precision, EndsOf(precision), []);

    /// <summary>What the ends have where a plan does not say it.</summary>
    public static LayerPrecision EndsOf(LayerPrecision precision) =>
        precision.WeightBits < 8 ? precision with { WeightBits = 8, WeightGroup = 0, Wide = null, Rank = 0 } : precision;

    /// <summary>The plan with a rule more, which holds against all others.</summary>
    /// <param name="layer">The layer's name, taken literally.</param>
    public PrecisionPlan With(string layer, LayerPrecision precision) =>
        this with { Rules = [.. Rules, new(NamePattern.Exactly(layer), precision)] };

    /// <summary>Nothing is quantized.</summary>
    public bool IsFloat => Default.IsFloat && Ends.IsFloat && Rules.All(rule => rule.Precision.IsFloat);

    /// <summary>Some layer's weights have fewer than 8 bits.</summary>
    public bool HasNarrowWeights => Default.WeightBits < 8 || Ends.WeightBits < 8 || Rules.Any(rule => rule.Precision.WeightBits < 8);

    /// <summary>In a word or two, for reports: <c>w8a8</c>, or <c>w8a8 and 3 rules</c>.</summary>
    public string Summary => this == Of(Default) ? Default.Brief : $"{Default.Brief} and {Rules.Count} {(Rules.Count == 1 ? "rule" : "rules")}";

    /// <summary>The text that <see cref="PrecisionFile.Parse"/> reads back.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append($"default = {Default}\n");
        text.Append($"ends = {Ends}\n");
        foreach (PrecisionRule rule in Rules)
            text.Append($"layer {rule.Layers.Text} = {rule.Precision}\n");
        return text.ToString();
    }
}
