using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Edgec.Tests;

/// <summary>
/// The commands that pages show print what the pages show. In a block marked <c>console</c>, a line that begins with <c>$ </c> is run by a
/// shell in a folder that has ./edgec and examples/ like the repository's; the lines below it are what it prints, times and sizes of object
/// code aside. With <c>EDGEC_UPDATE=1</c> the pages are rewritten.
/// </summary>
public sealed class ReadmeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static TheoryData<string> Pages => [.. Directory.EnumerateFiles(SourceTree.Root, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "docs"), "*.md", SearchOption.AllDirectories))
        .Concat(Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "examples"), "*.md", SearchOption.AllDirectories))
        .Where(path => File.ReadAllText(path).Contains("\n```console\n", StringComparison.Ordinal))
        .Select(path => Path.GetRelativePath(SourceTree.Root, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_print_what_the_page_shows(string page)
    {
        string path = Path.Combine(SourceTree.Root, page), text = File.ReadAllText(path);
        using TemporaryFolder folder = Checkout();
        string actual = Regex.Replace(text, "(?<=^```console\n).*?(?=^```$)", block => Replay(block.Value, folder.Path), RegexOptions.Multiline | RegexOptions.Singleline);
        if (CaseFiles.Update && Stable(text) != Stable(actual))
            File.WriteAllText(path, actual);
        else
            Assert.Equal(Stable(text), Stable(actual));
    }

    [Fact]
    public void The_front_page_shows_a_command_for_every_backend() =>
        Assert.All(["--target ultra96", "--target cortex-a72", "--target csharp"], target => Assert.Contains(target, File.ReadAllText(Path.Combine(SourceTree.Root, "README.md"))));

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs")]
    [InlineData("examples")]
    public void Links_lead_somewhere(string where)
    {
        string top = Path.Combine(SourceTree.Root, where);
        foreach (string page in File.Exists(top) ? [top] : Directory.GetFiles(top, "*.md", SearchOption.AllDirectories))
        {
            foreach (Match link in Regex.Matches(File.ReadAllText(page), @"\]\((?!https?:)([^)#]*)(#[^)]+)?\)"))
            {
                string target = link.Groups[1].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{page}: {link.Value}");
                if (link.Groups[2].Success)
                    Assert.True(Anchors(target).Contains(link.Groups[2].Value), $"{page}: {link.Value}");
            }
        }
    }

    // What a heading is called in a link: small letters, hyphens for blanks, no other signs.
    private static HashSet<string> Anchors(string page) =>
        [.. Regex.Matches(File.ReadAllText(page), "^#+ (.+)$", RegexOptions.Multiline)
            .Select(heading => "#" + Regex.Replace(heading.Groups[1].Value.ToLowerInvariant().Replace(' ', '-'), @"[^\w-]", ""))];

    private static string Replay(string block, string folder)
    {
        var replayed = new StringBuilder();
        foreach (string command in block.Split('\n').Where(line => line.StartsWith("$ ", StringComparison.Ordinal)))
            replayed.Append(command).Append('\n').Append(Run(command[2..], folder));
        return replayed.ToString();
    }

    private static string Run(string command, string folder)
    {
        var start = new ProcessStartInfo("bash", ["-o", "pipefail", "-c", command.Contains("2>", StringComparison.Ordinal) ? command : $"{command} 2>&1"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        start.Environment["EDGEC_HOME"] = folder;
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{command} did not end");
        }

        string printed = output.GetAwaiter().GetResult();
        Assert.True(process.ExitCode == 0, $"{command} ended with {process.ExitCode}: {printed}");
        return string.Concat(printed.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).Select(line => line + "\n"));
    }

    // Times vary from run to run, code with the compiler's version.
    private static string Stable(string text) =>
        Regex.Replace(Regex.Replace(text, @"\b\d+(\.\d+)? s\b", "… s"), "object code [0-9,]+ bytes", "object code … bytes");

    /// <summary>A folder that has what commands on pages name.</summary>
    private static TemporaryFolder Checkout()
    {
        var folder = new TemporaryFolder();
        string script = Path.Combine(folder.Path, "edgec");
        File.WriteAllText(script, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "edgec.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "examples"), Path.Combine(SourceTree.Root, "examples"));
        return folder;
    }
}
