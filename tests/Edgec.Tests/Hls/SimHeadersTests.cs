using System.Diagnostics;
using Xunit;

namespace Edgec.Tests.Hls;

/// <summary>
/// Compiles every program of <c>tests/cases/hls-sim</c> against <c>hls-templates/sim</c>, strictly and with the
/// undefined-behaviour sanitizer, and runs it. A program prints what differs and ends with 1.
/// </summary>
public sealed class SimHeadersTests
{
    private static readonly string s_cases = Path.Combine(SourceTree.Root, "tests", "cases", "hls-sim");
    private static readonly string s_headers = Path.Combine(SourceTree.Root, "hls-templates", "sim");

    private static readonly string[] s_strict =
    [
        "-std=c++14", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror",
        "-fsanitize=undefined", "-fno-sanitize-recover=undefined", "-I", s_headers,
    ];

    public static TheoryData<string, string> Programs()
    {
        TheoryData<string, string> programs = [];
        foreach (var file in Directory.GetFiles(s_cases, "*.cpp").Select(Path.GetFileName).Order(StringComparer.Ordinal))
        {
            programs.Add(file!, "g++");
            programs.Add(file!, "clang++");
        }
        return programs;
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Program_passes(string file, string compiler)
    {
        // The properties are many instances of few templates: optimising them costs more than it finds.
        var optimise = file.EndsWith("_properties.cpp", StringComparison.Ordinal) ? "-O0" : "-O1";
        // clang's sanitizer has a runtime library of its own, not installed everywhere: trapping needs none.
        string[] trap = compiler == "clang++" ? ["-fsanitize-trap=undefined"] : [];
        CompileAndRun(compiler, [.. s_strict, optimise, .. trap, Path.Combine(s_cases, file)]);
    }

    [Theory]
    [InlineData("ap_int.h")]
    [InlineData("ap_fixed.h")]
    [InlineData("hls_stream.h")]
    [InlineData("hls_vector.h")]
    public void Header_stands_alone(string header) =>
        InFolder(folder =>
        {
            var source = Path.Combine(folder, "alone.cpp");
            File.WriteAllText(source, $"#include \"{header}\"\n#include \"{header}\"\nint main() {{}}\n");
            Succeed("g++", [.. s_strict, "-O0", source, "-o", Path.Combine(folder, "alone")]);
        });

    private static void CompileAndRun(string compiler, string[] arguments) =>
        InFolder(folder =>
        {
            var program = Path.Combine(folder, "program");
            Succeed(compiler, [.. arguments, "-o", program]);
            Succeed(program, []);
        });

    private static void InFolder(Action<string> action)
    {
        var folder = Directory.CreateTempSubdirectory("edgec-hls-sim-").FullName;
        try
        {
            action(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Succeed(string program, string[] arguments)
    {
        var path = Path.IsPathRooted(program) ? program : Find(program);
        Assert.True(path is not null, $"{program} is not on the PATH; the script ./test installs it.");
        using var process = Process.Start(new ProcessStartInfo(path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}\n{output}{errors.Result}");
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
