using System.Text.Json;
using Edgec.Import.Proto;
using Edgec.Tests.Import;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.CommandLine;

/// <summary>The ladder of deformable convolutions: what each rung takes away shows in its row.</summary>
public sealed class ExploreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_rung_is_cheaper_in_what_it_is_about()
    {
        Write(full: true);
        JsonElement[] rungs = Explore("--range", "2");
        Assert.Equal(
            ["as it is", "deform-round", "+ deform-bound{range=2}", "+ deform-square", "+ deform-depthwise", "deform-bound{range=2} alone", "deform-square alone", "deform-depthwise alone"],
            rungs.Select(r => r.GetProperty("rung").GetString()));
        Assert.Equal("deform-round,deform-bound{range=2},deform-square", rungs[3].GetProperty("passes").GetString());
        Assert.True(Number(rungs[0], "sampleProducts") > 0);
        Assert.Equal(0, Number(rungs[1], "sampleProducts"));
        Assert.True(Number(rungs[2], "bufferBytes") < Number(rungs[1], "bufferBytes"));
        Assert.True(Number(rungs[3], "cycles") < Number(rungs[2], "cycles")); // one number a pixel to compute instead of 18
        Assert.True(Number(rungs[4], "cycles") < Number(rungs[3], "cycles"));
        // reach: (3 - 1) / 2 + 2 rows of 12 pixels of 8 channels, two more than twice that.
        Assert.Equal(8 * 12 * 8, Number(rungs[2], "bufferBytes"));
    }

    [Fact]
    public void What_changes_nothing_is_left_out()
    {
        Write(full: false);
        Assert.Equal(
            ["as it is", "deform-round", "+ deform-bound{range=7}", "+ deform-square", "deform-bound{range=7} alone", "deform-square alone"],
            Explore().Select(r => r.GetProperty("rung").GetString()));
    }

    [Fact]
    public void A_model_without_deformable_convolutions_has_no_ladder()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 3).Node("Relu", "x", "y").Output("y");
        File.WriteAllBytes(folder.At("m.onnx"), model.Model.ToByteArray());
        (int exit, _, string errors) = Tool.Run(folder.Path, "explore", "m.onnx", "--target", "cortex-a72", "--ladder", "deform");
        Assert.Equal(1, exit);
        Assert.Contains("error EC7308", errors);
        (exit, _, errors) = Tool.Run(folder.Path, "explore", "m.onnx", "--target", "cortex-a72", "--ladder", "rope");
        Assert.Equal(2, exit);
        Assert.Contains("error EC7002", errors);
    }

    private JsonElement[] Explore(params string[] more)
    {
        (int exit, string output, string errors) = Tool.Run(folder.Path, ["explore", "m.onnx", "--target", "cortex-a72", "--ladder", "deform", "--json", .. more]);
        Assert.True(exit == 0, errors);
        return [.. JsonDocument.Parse(output).RootElement.GetProperty("rungs").EnumerateArray()];
    }

    private static double Number(JsonElement rung, string name) => rung.GetProperty(name).GetDouble();

    private void Write(bool full)
    {
        var random = new Random(1);
        ModelBuilder model = new ModelBuilder().Input("x", 1, 8, 12, 12)
            .Node("Conv", "x v", "o")
            .Node("DeformConv", "x w o", "y", attributes: [ModelBuilder.Attribute("pads", new long[] { 1, 1, 1, 1 }), ModelBuilder.Attribute("group", full ? 1 : 8)])
            .Output("y");
        model.Model.OpsetImport[0].Version = 19;
        Add("v", 18, 8, 1, 1);
        Add("w", 8, full ? 8 : 1, 3, 3);
        File.WriteAllBytes(folder.At("m.onnx"), model.Model.ToByteArray());

        void Add(string name, params long[] shape)
        {
            var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
            tensor.Dims.AddRange(shape);
            for (long i = 0; i < shape.Aggregate(1L, (a, b) => a * b); i++)
                tensor.FloatData.Add((float)(random.NextDouble() - 0.5));
            model.Model.Graph.Initializer.Add(tensor);
        }
    }
}
