using System.Text.Json;
using Edgec.Tests.Evaluate.Sensitivity;
using Xunit;

namespace Edgec.Tests.CommandLine;

/// <summary>The loop from a report of what hurts to a plan and back, as a user would go.</summary>
public sealed class AssignPrecisionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public AssignPrecisionTests() => File.WriteAllBytes(folder.At("loud.onnx"), LoudModel.Bytes());

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_example_is_the_network_of_the_tests()
    {
        string file = Path.Combine(SourceTree.Root, "examples", "loud-layer", "loud.onnx");
        if (CaseFiles.Update)
            File.WriteAllBytes(file, LoudModel.Bytes());
        Assert.Equal(LoudModel.Bytes(), File.ReadAllBytes(file));
    }

    [Fact]
    public void From_sensitivity_to_a_plan_that_compiles_and_verifies()
    {
        JsonElement report = Json("evaluate", "loud.onnx", "--sensitivity", "--limit", "2", "--html", "page.html", "--json");
        Assert.Equal("loud", report.GetProperty("layers")[0].GetProperty("name").GetString());
        Assert.Contains("loud hurts most", File.ReadAllText(folder.At("page.html")));

        JsonElement assigned = Json("assign-precision", "loud.onnx", "--target", "host", "--min-sqnr", "25", "--candidates", "fp32, w8a8", "--json", "-o", "my.plan");
        Assert.Equal("my.plan", assigned.GetProperty("plan").GetString());
        Assert.InRange(assigned.GetProperty("baseline").GetProperty("sqnr").GetDouble(), -10, 15);
        Assert.InRange(assigned.GetProperty("measured").GetProperty("sqnr").GetDouble(), 25, 60);

        Assert.Equal(0, Tool.Run(folder.Path, "compile", "loud.onnx", "--target", "host", "--precision", "my.plan", "--no-size", "-o", "b").Exit);
        Assert.Equal(0, Tool.Run(folder.Path, "verify", "b").Exit);
    }

    [Fact]
    public void Channels_of_eight_bits_go_where_they_help_most()
    {
        JsonElement assigned = Json(
            "assign-precision", "loud.onnx", "--bytes", "4400", "--candidates", "w8a16,w4a16", "--channels", "--limit", "4", "--json", "-o", "my.plan");
        Assert.InRange(assigned.GetProperty("measured").GetProperty("weightBytes").GetInt64(), 1, 4400);
        Assert.Contains("layer loud = w4a16 wide 0 #", File.ReadAllText(folder.At("my.plan")), StringComparison.Ordinal);
        Assert.Contains(
            assigned.GetProperty("layers").EnumerateArray(),
            layer => layer.GetProperty("wideRows").GetInt32() is > 0 and var wide && wide < layer.GetProperty("rows").GetInt32());
        Assert.Equal(0, Tool.Run(folder.Path, "compile", "loud.onnx", "--target", "host", "--precision", "my.plan", "--no-size", "-o", "b").Exit);
        Assert.Equal(0, Tool.Run(folder.Path, "verify", "b").Exit);
        Assert.Equal(0, Tool.Run(folder.Path, "evaluate", "loud.onnx", "--sensitivity", "--limit", "1", "--precision", "my.plan").Exit);
    }

    [Theory]
    [InlineData("EC7001")]
    [InlineData("EC7002", "--bytes", "4000", "--channels", "--candidates", "w8a8,w4a8 group 2")]
    [InlineData("EC7002", "--bytes", "0")]
    [InlineData("EC7002", "--milliseconds", "2")]
    [InlineData("EC7002", "--milliseconds", "2", "--target", "csharp")]
    [InlineData("EC7002", "--min-sqnr", "NaN")]
    [InlineData("EC7002", "--max-loss", "-1")]
    [InlineData("EC7002", "--min-sqnr", "20", "--candidates", "w8a8,w3a8")]
    [InlineData("EC7002", "--min-sqnr", "20", "--limit", "0")]
    [InlineData("EC9001", "--min-sqnr", "20", "--target", "nothing")]
    public void A_budget_that_makes_no_sense(string code, params string[] arguments)
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, ["assign-precision", "loud.onnx", .. arguments]);
        Assert.Equal(2, exit);
        Assert.Contains($"error {code}: ", errors);
        Assert.False(File.Exists(folder.At("loud.plan")));
    }

    [Fact]
    public void A_page_or_plan_that_cannot_be_written()
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, "evaluate", "loud.onnx", "--sensitivity", "--limit", "1", "--html", "no/such/page.html");
        Assert.Equal(3, exit);
        Assert.Contains("error EC5004: ", errors);
        (exit, _, errors) = Tool.Run(folder.Path, "evaluate", "loud.onnx", "--sensitivity", "--precision", "fp32");
        Assert.Equal(2, exit);
        Assert.Contains("something must be quantized", errors);
        (exit, _, errors) = Tool.Run(folder.Path, "evaluate", "loud.onnx");
        Assert.Equal(2, exit);
        Assert.Contains("--data", errors);
    }

    private JsonElement Json(params string[] arguments)
    {
        (int exit, string output, string errors) = Tool.Run(folder.Path, arguments);
        Assert.True(exit == 0, errors);
        return JsonDocument.Parse(output).RootElement;
    }
}
