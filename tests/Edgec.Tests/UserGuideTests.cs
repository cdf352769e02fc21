using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Edgec.Tests;

/// <summary>The user guide knows every command and every option.</summary>
public sealed class UserGuideTests
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "user-guide.md"));

    public static TheoryData<string> Commands =>
        [.. Regex.Matches(Help(), @"^  ([a-z][a-z-]*)( <\S+>)?  +\S", RegexOptions.Multiline).Select(match => match.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Says_what_every_option_means(string command)
    {
        Match own = Regex.Match(Guide, $"^### (?:[a-z, ]+, )?{command}(?:, [a-z, ]+)?\n(.*?)(?=^##)", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.True(own.Success, $"the guide has no section on {command}");
        string shared = Guide[Guide.IndexOf("### Options of a model", StringComparison.Ordinal)..Guide.IndexOf("### compile", StringComparison.Ordinal)];
        IEnumerable<string> options = Regex.Matches(Help(command), @"^ +(?:-\w, )?(--[a-z-]+)", RegexOptions.Multiline).Select(match => match.Groups[1].Value);
        Assert.Equal([], options.Where(option => option is not ("--help" or "--json") && !Regex.IsMatch(own.Value + shared, $"`(?:[^`]* )?{option}\\b")));
    }

    private static string Help(params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "edgec.dll"), .. words, "--help"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd();
    }
}
