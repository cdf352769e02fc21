namespace Edgec.Diagnostics;

/// <summary>What evaluating on data has to say (EC73xx).</summary>
public static class DataDiagnostics
{
    public static Diagnostic NoSuchOutput(string output, IEnumerable<string> outputs) => Diagnostic.Error(
        "EC7301", "", $"The model has no output {output}. It has {string.Join(", ", outputs)}; name one of them with --output.", exitCode: 2);

    public static Diagnostic NoLabels(string output) => Diagnostic.Error(
        "EC7302", "", $"The data has no labels for output {output}. Add an array labels or labels_{output}, or use --metric sqnr.");

    public static Diagnostic NoBoxes() => Diagnostic.Error(
        "EC7303", "", "The data has no boxes. Add an array boxes [N,M,5] of x0, y0, x1, y1, class in pixels, padded with -1.");

    public static Diagnostic NoDetector(string outputs) => Diagnostic.Error(
        "EC7304", "", $"ap50 judges three maps heatmap [1,C,H,W], wh [1,2,H,W] and reg [1,2,H,W] whose height and width divide the picture's alike, and the model has {outputs}. Use another metric.", exitCode: 2);

    public static Diagnostic NoLadder(string model) => Diagnostic.Error(
        "EC7308", model, "The ladder deform is for deformable convolutions (DeformConv, MMCVDeformConv2d), and the model has none that is not folded away. Use estimate.");

    public static Diagnostic NeedsFloat(string metric) => Diagnostic.Error(
        "EC7305", "", $"{metric} compares with the float model, which a bundle does not hold. Name it with --model MODEL.", exitCode: 2);

    public static Diagnostic OtherModel(string bundle, string model, string differs) => Diagnostic.Error(
        "EC7306", bundle, $"The bundle was not made from {model}: {differs}. Name its own model, with the same --shape and --dim.");
}
