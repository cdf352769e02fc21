using System.Text.RegularExpressions;
using Edgec.Diagnostics;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Targets;

/// <summary>Keeps <c>docs/targets.md</c> true.</summary>
public sealed class TargetDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "targets.md"));

    [Fact]
    public void Its_table_holds_every_target_as_the_target_describes_itself()
    {
        IEnumerable<string> rows = Regex.Matches(Document, @"^\| `([a-z0-9-]+)` \| (?:FPGA|processor|\.NET) \| (.+) \|$", RegexOptions.Multiline)
            .Select(row => $"{row.Groups[1].Value}: {row.Groups[2].Value}")
            .Order(StringComparer.Ordinal);
        Assert.Equal(TargetCatalog.Names.Select(name => $"{name}: {TargetCatalog.Load(name).Description}"), rows);
    }

    [Fact]
    public void Its_examples_are_targets()
    {
        string[] examples = [.. Regex.Matches(Document, "^```\n(.+?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Select(match => match.Groups[1].Value)];
        Assert.Equal(["arty-z7-20", "riscv"], examples.Select(text => TargetFile.Parse(text, "targets.md").Name));
    }

    /// <summary>An empty block is told all keys it must have, an unknown key all keys it may have.</summary>
    [Theory]
    [InlineData("fpga")]
    [InlineData("cpu")]
    [InlineData("dotnet")]
    public void Its_tables_hold_every_key_and_say_which_may_be_left_out(string kind)
    {
        DiagnosticException fault = Assert.Throws<DiagnosticException>(() => TargetFile.Parse($"{kind} x {{\n  unknown 1\n}}\n", "t"));
        string[] required = [.. fault.Diagnostics.SkipLast(1).Select(diagnostic => Regex.Match(diagnostic.Message, "has no '(.+?)'").Groups[1].Value)];
        string[] known = Regex.Match(fault.Diagnostics[^1].Message, @"Its keys are (.+)\.$").Groups[1].Value.Split(", ");

        string[] rows = [.. Rows("Every kind:"), .. Rows($"`{kind}`:")];
        Assert.Equal(known.Order(StringComparer.Ordinal), rows.Select(Key).Order(StringComparer.Ordinal));
        Assert.Equal(
            required.Order(StringComparer.Ordinal),
            rows.Where(row => !row.Contains("left out", StringComparison.Ordinal)).Select(Key).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Rows(string title) =>
        Document[(Document.IndexOf($"\n{title}\n", StringComparison.Ordinal) + title.Length + 3)..]
            .Split('\n')
            .TakeWhile(line => line.StartsWith('|'))
            .Skip(2);

    private static string Key(string row) => Regex.Match(row, "`(.+?)`").Groups[1].Value;
}
