using Edgec.Bundle;
using Edgec.Check;
using Edgec.Diagnostics;
using Edgec.Emit;
using Edgec.Emit.Report;
using Edgec.Evaluate;

namespace Edgec.Cli;

/// <summary>Keeps what a command found with the bundle, for its report. A bundle that cannot be written to has been verified all the same.</summary>
internal static class BundleFindings
{
    public static void Keep(string folder, VerifyReport found) => Keep(() => BundleReport.Record(folder, found.Finding, new Templates()));

    /// <param name="data">Where the samples come from.</param>
    public static void Keep(string folder, Evaluation found, string data) => Keep(() => BundleReport.Record(
        folder,
        new Accuracy(
            found.Metric, found.Output, Path.GetFileName(Path.TrimEndingDirectorySeparator(data)), found.Count, Finite(found.Float), Finite(found.Quantized), found.Agreement),
        new Templates()));

    private static void Keep(Action record)
    {
        try
        {
            record();
        }
        catch (DiagnosticException problem)
        {
            Screen.Print(problem.Diagnostics.Select(diagnostic => diagnostic with { Severity = Severity.Warning }));
        }
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
