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

    private string Run(params string[] arguments)
    {
        (int exit, string output, string errors) = Tool.Run(folder.Path, arguments);
        Assert.True(exit == 0, $"exit {exit}: {errors}");
        return output;
    }
}
