namespace Edgec.Diagnostics;

/// <summary>What evaluating on data has to say (EC73xx).</summary>
public static class DataDiagnostics
{
    public static Diagnostic NoSuchOutput(string output, IEnumerable<string> outputs) => Diagnostic.Error(
        "EC7301", "", $"The model has no output {output}. It has {string.Join(", ", outputs)}; name one of them with --output.", exitCode: 2);

    public static Diagnostic NoLabels(string output) => Diagnostic.Error(
        "EC7302", "", $"The data has no labels for output {output}. Add an array labels or labels_{output}, or use --metric sqnr.");
}
