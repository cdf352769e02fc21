using System.Text.RegularExpressions;
using Xunit;

namespace Edgec.Tests.House;

public sealed partial class HouseRuleTests
{
    private const int MaxLines = 400;

    private static readonly string[] VagueNames = ["Util", "Helper", "Common", "Manager", "Service"];

    private static IEnumerable<string> Sources =>
        new[] { "compiler", "runtime", "tests", "hls-templates" }
            .Where(folder => Directory.Exists(Path.Combine(SourceTree.Root, folder)))
            .SelectMany(folder => SourceFiles.In(folder, "*.cs", "*.c", "*.h", "*.hpp", "*.scriban"))
            .Where(path => !path.Contains(".g.", StringComparison.Ordinal) && !path.StartsWith("tests/cases/", StringComparison.Ordinal));

    [Fact]
    public void No_file_is_longer_than_a_reader_can_hold() =>
        None(Sources.Where(path => SourceFiles.Read(path) is var text && !text.Contains("\n// Generated from ", StringComparison.Ordinal) && text.Count(c => c == '\n') > MaxLines));

    [Fact]
    public void No_name_says_nothing() =>
        None(Sources.Where(path => VagueNames.Any(name => Path.GetFileName(path).Contains(name, StringComparison.OrdinalIgnoreCase))));

    [Fact]
    public void No_file_is_folded_into_regions() =>
        None(Sources.Where(path => RegionLine().IsMatch(SourceFiles.Read(path))));

    [Fact]
    public void A_file_is_named_for_its_only_public_type() =>
        None(
            from path in Sources
            where path.EndsWith(".cs", StringComparison.Ordinal)
            let types = PublicType().Matches(SourceFiles.Read(path)).Select(match => match.Groups[1].Value).ToArray()
            where types is [var only] && only != Path.GetFileName(path).Split('.')[0]
            select $"{path}: {types[0]}");

    [Fact]
    public void Every_diagnostic_code_has_a_test()
    {
        string tests = string.Concat(SourceFiles.In("tests", "*.cs", "*.ir", "*.txt").Where(path => Path.GetFileName(path) != "HouseRuleTests.cs").Select(SourceFiles.Read));
        IEnumerable<string> codes = SourceFiles.In("compiler", "*.cs")
            .SelectMany(path => Code().Matches(SourceFiles.Read(path)).Select(match => match.Value.Trim('"'))).Distinct();
        None(codes.Where(code => !tests.Contains(code, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_code_of_the_diagnostics_classes_is_written_once()
    {
        (string Path, string Code)[] uses =
            [.. SourceFiles.In("compiler", "*.cs").SelectMany(path => Code().Matches(SourceFiles.Read(path)).Select(match => (path, match.Value)))];
        None(
            from code in uses.Where(use => use.Path.EndsWith("Diagnostics.cs", StringComparison.Ordinal)).Select(use => use.Code).Distinct()
            let places = uses.Where(use => use.Code == code).Select(use => use.Path).ToArray()
            where places.Length > 1
            select $"{code}: {string.Join(", ", places)}");
    }

    private static void None(IEnumerable<string> offenders) => Assert.Equal([], offenders);

    [GeneratedRegex(@"^\s*#region", RegexOptions.Multiline)]
    private static partial Regex RegionLine();

    [GeneratedRegex(@"^public (?:static |sealed |abstract |readonly |partial |unsafe |ref )*(?:class|record struct|record|struct|enum|interface|delegate \w+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"""EC\d{4}""")]
    private static partial Regex Code();
}
