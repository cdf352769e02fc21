using System.Text.Json;
using Edgec.Bundle;
using Edgec.Diagnostics;

namespace Edgec.Emit.Report;

/// <summary>
/// The page of a bundle on disk, rendered anew with what has been found since it was compiled. The bundle itself does not
/// change: page and findings are not in the manifest.
/// </summary>
public static class BundleReport
{
    /// <summary>Keeps a verdict and renders the page.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be written, or the bundle has no readable report.</exception>
    public static void Record(string folder, Verification found, Templates templates)
    {
        Write(folder, Verification.FileName, found.ToJson());
        Render(folder, templates);
    }

    /// <summary>Keeps a figure and renders the page.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be written, or the bundle has no readable report.</exception>
    public static void Record(string folder, Accuracy found, Templates templates)
    {
        AccuracyList before = Read(folder, AccuracyList.FileName, AccuracyList.FromJson) ?? AccuracyList.Empty;
        Write(folder, AccuracyList.FileName, before.With(found).ToJson());
        Render(folder, templates);
    }

    /// <summary>Writes <c>report.html</c> and returns its path.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be written, or the bundle has no readable report.</exception>
    public static string Render(string folder, Templates templates)
    {
        ReportDocument document = Read(folder, HtmlReport.DataName, ReportDocument.FromJson)
            ?? throw new DiagnosticException(CheckDiagnostics.NoBundle(folder, $"there is no {HtmlReport.DataName}"));
        var findings = new ReportFindings(
            Read(folder, Verification.FileName, Verification.FromJson), Read(folder, AccuracyList.FileName, AccuracyList.FromJson) ?? AccuracyList.Empty);
        return Write(folder, HtmlReport.PageName, HtmlReport.Page(document, findings, templates).Bytes);
    }

    private static T? Read<T>(string folder, string file, Parser<T> parse)
        where T : class
    {
        string path = Path.Combine(folder, file);
        try
        {
            return File.Exists(path) ? parse(File.ReadAllBytes(path)) : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            throw new DiagnosticException(CheckDiagnostics.UnreadableFinding(path, problem.Message));
        }
    }

    private static string Write(string folder, string file, ReadOnlyMemory<byte> bytes)
    {
        string path = Path.Combine(folder, file), draft = path + ".part";
        try
        {
            File.WriteAllBytes(draft, bytes.Span);
            File.Move(draft, path, overwrite: true);
            return path;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(CheckDiagnostics.CannotRecord(path, problem.Message));
        }
    }

    private delegate T Parser<T>(ReadOnlySpan<byte> json);
}
