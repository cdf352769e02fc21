using System.Text.Json;
using Edgec.Tests.Import;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.CommandLine;

/// <summary>Attention, which compiling fuses, in the commands that look at the layers of the float model.</summary>
public sealed class FusedAttentionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FusedAttentionTests()
    {
        ModelBuilder model = new ModelBuilder().Input("q", 1, 4, 3).Input("k", 1, 3, 5).Input("v", 1, 5, 6)
            .Node("MatMul", "q k", "s").Node("Softmax", "s", "p").Node("MatMul", "p v", "y").Output("y");
        File.WriteAllBytes(folder.At("m.onnx"), model.Model.ToByteArray());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_is_one_layer_where_it_is_compiled()
    {
        Run("compile", "m.onnx", "--target", "host", "--no-size", "-o", "b");
        Assert.Contains("attention(", File.ReadAllText(folder.At("b/graph/model.ir")));
        Run("verify", "b");
    }

    [Fact]
    public void It_is_three_where_layers_are_compared_with_the_float_models()
    {
        string ranking = Run("evaluate", "m.onnx", "--sensitivity", "--limit", "2", "--json");
        Assert.Contains("\"softmax\"", ranking);
        Run("assign-precision", "m.onnx", "--min-sqnr", "10", "-o", "my.plan");
        Run("convert", "m.onnx", "--to", "qdq", "-o", "m.qdq.onnx");
    }

    [Fact]
    public void Its_loads_are_in_the_estimate_and_in_the_report()
    {
        JsonElement attention = JsonDocument.Parse(Run("estimate", "m.onnx", "--target", "ultra96", "--json")).RootElement.GetProperty("attention");
        JsonElement layer = Assert.Single(attention.EnumerateArray());
        Assert.Equal(4 * 5 + 4, layer.GetProperty("unorderedTokens").GetInt32());
        // 4 queries, 5 keys: the last comes in at ⌊3/p⌋·5 + 3 mod p and stays for 5 steps; 16 in flight are 5.
        Assert.Equal([20, 8, 8, 8], layer.GetProperty("orders").EnumerateArray().Select(order => order.GetProperty("steps").GetInt32()));
        Assert.Contains("queries and keys", Run("estimate", "m.onnx", "--target", "ultra96"));
        Run("compile", "m.onnx", "--target", "ultra96", "--set", "reorder-attention.parallel=4", "--no-size", "-o", "f");
        string page = File.ReadAllText(folder.At("f/report.html"));
        Assert.Contains("<section id=\"attention\">", page);
        Assert.Contains("<td>4, resident</td>", page);
        Assert.Contains("parallel=4 resident", File.ReadAllText(folder.At("f/src/layers.h")));
    }

    [Fact]
    public void The_plan_for_an_fpga_says_what_is_in_flight_and_what_stays()
    {
        Assert.Matches(@"attention \[1,4,5,3,6\] parallel=\d resident cycles=", Run("inspect", "m.onnx", "--plan", "--target", "ultra96"));
        Assert.DoesNotContain("parallel=", Run("inspect", "m.onnx", "--plan"));
        Assert.Equal(2, Tool.Run(folder.Path, "inspect", "m.onnx", "--target", "ultra96").Exit);
    }

    [Fact]
    public void More_in_flight_than_can_be_is_refused()
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, "compile", "m.onnx", "--target", "host", "--set", "reorder-attention.parallel=1000", "-o", "b");
        Assert.Equal(2, exit);
        Assert.Contains("parallel is a number of queries", errors);
    }

    private string Run(params string[] arguments)
    {
        (int exit, string output, string errors) = Tool.Run(folder.Path, arguments);
        Assert.True(exit == 0, $"exit {exit}: {errors}");
        return output;
    }
}
