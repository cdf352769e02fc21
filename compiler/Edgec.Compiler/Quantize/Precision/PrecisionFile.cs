using System.Text;
using Edgec.Diagnostics;
using Sprache;
using static Edgec.Quantize.Precision.PrecisionGrammar;

namespace Edgec.Quantize.Precision;

/// <summary>Reads the text of a <see cref="PrecisionPlan"/>.</summary>
public static class PrecisionFile
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int LongestText = 1024 * 1024;

    private const int MostReported = 50;

    /// <summary>A precision by its words: <c>w8a8</c>, <c>w4a8 group 32</c>; null if it is none.</summary>
    public static LayerPrecision? ParseWords(string text)
    {
        IResult<LayerPrecision> result = PrecisionGrammar.Precision.End().TryParse(text);
        return result.WasSuccessful ? result.Value : null;
    }

    /// <param name="path">A plan's file.</param>
    /// <exception cref="DiagnosticException">EC3032 if it cannot be read, and what <see cref="Parse"/> throws.</exception>
    public static PrecisionPlan Load(string path)
    {
        try
        {
            using var reader = new StreamReader(path, Encoding.UTF8);
            char[] buffer = new char[LongestText + 1];
            return Parse(new string(buffer, 0, reader.ReadBlock(buffer)), path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DiagnosticException(PrecisionDiagnostics.Unreadable(path, fault is FileNotFoundException or DirectoryNotFoundException));
        }
    }

    /// <param name="file">What the diagnostics call it.</param>
    /// <exception cref="DiagnosticException">EC3030 for every line that is not of the form or repeats what stands before;
    /// EC3034 for a text that is too long.</exception>
    public static PrecisionPlan Parse(string text, string file)
    {
        if (text.Length > LongestText)
            throw new DiagnosticException(PrecisionDiagnostics.TooLong(file));
        var faults = new List<Diagnostic>();
        LayerPrecision? standard = null, ends = null;
        var rules = new List<PrecisionRule>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length && faults.Count < MostReported; i++)
        {
            IResult<Entry?> result = Whole(new Input(lines[i]));
            if (!result.WasSuccessful)
            {
                faults.Add(PrecisionDiagnostics.Malformed(file, i + 1, result.Remainder.Column, SyntaxFault.Describe(result, "the end of the line")));
                continue;
            }

            switch (result.Value)
            {
                case { Layers: { } layers, Precision: var precision }:
                    rules.Add(new(layers, precision));
                    break;
                case { Key: var key } when (key == "ends" ? ends : standard) is not null:
                    faults.Add(PrecisionDiagnostics.Malformed(file, i + 1, 1, $"'{key}' stands here a second time. Remove one."));
                    break;
                case { Key: "ends", Precision: var precision }:
                    ends = precision;
                    break;
                case { Precision: var precision }:
                    standard = precision;
                    break;
            }
        }

        if (faults.Count > 0)
            throw new DiagnosticException(faults);
        standard ??= LayerPrecision.W8A8;
        return new(standard, ends ?? PrecisionPlan.EndsOf(standard), [.. rules]);
    }
}
