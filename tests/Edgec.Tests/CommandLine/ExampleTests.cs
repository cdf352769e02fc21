using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace Edgec.Tests.CommandLine;

/// <summary>The trained example the whole way, as its user would go.</summary>
public sealed class ExampleTests : IDisposable
{
    private static readonly string Example = Path.Combine(SourceTree.Root, "examples", "shapes-classifier");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("ultra96", "hls")]
    [InlineData("cortex-a72", "c")]
    [InlineData("csharp", "csharp")]
    public void Compiles_verifies_equal_in_every_layer_and_gives_the_same_bytes_twice(string target, string backend)
    {
        string[] compile = ["compile", Path.Combine(Example, "shapes_resnet8.onnx"), "--target", target, "--calibrate", Path.Combine(Example, "shapes_calibration.npz"), "--no-size", "-o"];
        Assert.Equal(0, Tool.Run(folder.Path, [.. compile, "once"]).Exit);
        Assert.Equal(0, Tool.Run(folder.Path, [.. compile, "twice"]).Exit);
        Assert.Equal(Hashes("once"), Hashes("twice"));

        (int exit, string output, string errors) = Tool.Run(folder.Path, "verify", "once", "--json");
        Assert.True(exit == 0, errors + output);
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.True(report.RootElement.GetProperty("equal").GetBoolean());
        Assert.Equal(backend, report.RootElement.GetProperty("backend").GetString());
        Assert.Equal(0, report.RootElement.GetProperty("floatLayers").GetInt32());
        Assert.Equal(JsonValueKind.Null, report.RootElement.GetProperty("firstDifference").ValueKind);
    }

    [Fact]
    public void What_is_found_is_kept_with_the_bundle_and_leaves_it_as_it_was()
    {
        Assert.Equal(0, Tool.Run(folder.Path, "compile", Path.Combine(Example, "shapes_resnet8.onnx"), "--target", "csharp", "--no-size", "-o", "b").Exit);
        Assert.Equal(0, Tool.Run(folder.Path, "evaluate", "b", "--data", Path.Combine(Example, "shapes_test.npz"), "--limit", "20").Exit);
        Assert.Equal(0, Tool.Run(folder.Path, "verify", "b").Exit);
        string page = File.ReadAllText(folder.At("b/report.html"));
        Assert.Contains(">verified<", page);
        Assert.Contains("shapes_test.npz", page);
        using JsonDocument again = JsonDocument.Parse(Tool.Run(folder.Path, "verify", "b", "--json").Output);
        Assert.Equal(0, again.RootElement.GetProperty("changedFiles").GetArrayLength());
        File.Delete(folder.At("b/evaluation.json"));
        (int exit, string output, _) = Tool.Run(folder.Path, "report", "b");
        Assert.Equal((0, Path.Combine("b", "report.html")), (exit, output.Trim()));
        Assert.DoesNotContain("shapes_test.npz", File.ReadAllText(folder.At("b/report.html")));
    }

    [Fact]
    public void Verify_names_the_layer_that_differs()
    {
        Assert.Equal(0, Tool.Run(folder.Path, "compile", Path.Combine(Example, "shapes_resnet8.onnx"), "--target", "host", "--no-size", "-o", "b").Exit);
        byte[] weights = File.ReadAllBytes(folder.At("b/weights.bin"));
        weights[0] ^= 0x40;
        File.WriteAllBytes(folder.At("b/weights.bin"), weights);
        (int exit, string output, _) = Tool.Run(folder.Path, "verify", "b");
        Assert.Equal(1, exit);
        Assert.Contains("weights.bin is not as edgec wrote it", output);
        Assert.Contains("DIFFERENT, first in layer 1 ", output);
    }

    [Fact]
    public void Int8_loses_less_than_a_point()
    {
        (int exit, string output, string errors) = Tool.Run(
            folder.Path, "evaluate", Path.Combine(Example, "shapes_resnet8.onnx"), "--calibrate", Path.Combine(Example, "shapes_calibration.npz"),
            "--data", Path.Combine(Example, "shapes_test.npz"), "--metric", "top1", "--json");
        Assert.True(exit == 0, errors);
        using JsonDocument result = JsonDocument.Parse(output);
        double real = result.RootElement.GetProperty("float").GetDouble(), integer = result.RootElement.GetProperty("quantized").GetDouble();
        Assert.Equal(500, result.RootElement.GetProperty("count").GetInt32());
        Assert.Equal(0.954, real, 3);
        Assert.InRange(integer, real - 0.01, 1);
    }

    private string[] Hashes(string bundle) => [.. Directory.GetFiles(folder.At(bundle), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{Path.GetRelativePath(folder.At(bundle), file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")];
}
