using System.Text.Json;
using Edgec.Data;
using Edgec.Import.Proto;
using Edgec.Runtime;
using Edgec.Tests.CommandLine;
using Edgec.Tests.Import;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.Evaluate;

/// <summary>A detector of bright cells, small enough to know its figures by hand, as a model and as bundles.</summary>
public sealed class EvaluateCommandTests : IDisposable
{
    private const int Pictures = 2, Side = 8;

    private readonly TemporaryFolder folder = new();

    public EvaluateCommandTests()
    {
        File.WriteAllBytes(folder.At("m.onnx"), Detector("heatmap", "wh", "reg"));
        TensorFiles.Write(folder.At("d.npz"), new Dictionary<string, Tensor> { ["image"] = Images(), ["boxes"] = Boxes(), ["labels"] = Tensor.Of([Pictures], [6, 4]) });
    }

    public void Dispose() => folder.Dispose();

    // One of two objects is found, with nothing wrong before it.
    [Fact]
    public void A_model_in_float_and_in_integers()
    {
        JsonElement result = Json("evaluate", "m.onnx", "--calibrate", "d.npz", "--data", "d.npz", "--metric", "ap50");
        Assert.Equal(["metric", "output", "count", "float", "quantized", "agreement", "low", "high", "standardError"], result.EnumerateObject().Select(p => p.Name));
        Assert.Equal("heatmap, wh, reg", result.GetProperty("output").GetString());
        Assert.Equal(Pictures, result.GetProperty("count").GetInt32());
        Assert.Equal(0.5, result.GetProperty("float").GetDouble(), 1e-9);
        Assert.Equal(0.5, result.GetProperty("quantized").GetDouble(), 1e-9);
    }

    [Fact]
    public void A_model_whose_outputs_have_other_names()
    {
        File.WriteAllBytes(folder.At("other.onnx"), Detector("a", "b", "c"));
        Assert.Equal(0.5, Json("evaluate", "other.onnx", "--calibrate", "d.npz", "--data", "d.npz", "--metric", "ap50").GetProperty("quantized").GetDouble(), 1e-9);
    }

    [Fact]
    public void A_model_that_decodes_itself()
    {
        JsonElement result = Json("evaluate", "m.onnx", "--calibrate", "d.npz", "--data", "d.npz", "--metric", "ap50", "--passes", "append-decode{kind=centernet,top=2}");
        Assert.Equal("boxes, scores, classes", result.GetProperty("output").GetString());
        Assert.Equal((0.5, 0.5), (result.GetProperty("float").GetDouble(), result.GetProperty("quantized").GetDouble()));
        Run(0, "compile", "m.onnx", "--target", "csharp", "--calibrate", "d.npz", "--no-size", "--passes", "append-decode{top=2}", "-o", "b");
        Assert.Equal(0.5, Json("evaluate", "b", "--data", "d.npz", "--metric", "ap50").GetProperty("quantized").GetDouble());
    }

    [Theory]
    [InlineData("host")]
    [InlineData("ultra96")]
    public void A_bundle(string target)
    {
        Run(0, "compile", "m.onnx", "--target", target, "--calibrate", "d.npz", "--no-size", "-o", "b");
        JsonElement alone = Json("evaluate", "b", "--data", "d.npz", "--metric", "ap50");
        Assert.Equal(JsonValueKind.Null, alone.GetProperty("float").ValueKind);
        Assert.Equal(0.5, alone.GetProperty("quantized").GetDouble(), 1e-9);
        JsonElement both = Json("evaluate", "b", "--model", "m.onnx", "--data", "d.npz", "--metric", "top1", "--output", "heatmap");
        Assert.Equal((0.5, 0.5), (both.GetProperty("float").GetDouble(), both.GetProperty("quantized").GetDouble()));
        Assert.InRange(Json("evaluate", "b", "--model", "m.onnx", "--data", "d.npz", "--metric", "sqnr").GetProperty("quantized").GetDouble(), 30, 100);
        Assert.Contains("EC7305", Run(2, "evaluate", "b", "--data", "d.npz", "--metric", "sqnr"));
        File.WriteAllBytes(folder.At("other.onnx"), Detector("a", "b", "c"));
        Assert.Contains("EC7306", Run(1, "evaluate", "b", "--model", "other.onnx", "--data", "d.npz", "--metric", "ap50"));
    }

    [Fact]
    public void Every_calibrator_is_judged_on_the_same_samples()
    {
        JsonElement result = Json("evaluate", "m.onnx", "--calibrate", "d.npz", "--data", "d.npz", "--compare-calibrators", "--calibrator", "percentile", "--percent", "90");
        JsonElement[] rows = [.. result.GetProperty("calibrators").EnumerateArray().Where(row => !row.GetProperty("clipOutliers").GetBoolean())];
        Assert.Equal(
            ["min-max", "moving-average", "percentile 99.99", "entropy", "mse", "percentile 90"], rows.Select(row => row.GetProperty("calibrator").GetString()));
        Assert.Equal(0.5, rows[0].GetProperty("quantized").GetDouble());
        Assert.Equal(0, rows[0].GetProperty("standardError").GetDouble());
        Assert.Contains("EC7002", Run(2, "evaluate", "m.onnx", "--data", "d.npz", "--compare-calibrators", "--precision", "fp32"));
    }

    [Fact]
    public void Ranges_that_were_kept_take_the_place_of_data()
    {
        JsonElement kept = Json("calibrate", "m.onnx", "--calibrate", "d.npz", "--calibrator", "mse", "-o", "c.json");
        Assert.Equal(("mse", 2, "d.npz"), (kept.GetProperty("calibrator").GetString(), kept.GetProperty("samples").GetInt32(), kept.GetProperty("data").GetString()));
        Assert.Equal("image", kept.GetProperty("values")[0].GetProperty("name").GetString());
        Assert.Equal(kept.GetRawText(), Json("calibrate", "m.onnx", "--calibration", "c.json").GetRawText());
        Assert.DoesNotContain("EC3012", Run(0, "compile", "m.onnx", "--target", "host", "--no-size", "--calibration", "c.json", "-o", "kept"));
        Assert.Contains("EC7002", Run(2, "compile", "m.onnx", "--target", "host", "--calibration", "c.json", "--calibrator", "mse"));
        Assert.Contains("EC7001", Run(2, "calibrate", "m.onnx"));
        Assert.Contains("EC3020", Run(1, "inspect", "m.onnx", "--numeric", "--calibration", "d.npz"));
        Assert.Contains("EC3024", Run(3, "calibrate", "m.onnx", "--calibrate", "d.npz", "-o", "no/such/folder.json"));
    }

    [Fact]
    public void What_cannot_be_judged_is_said()
    {
        TensorFiles.Write(folder.At("bare.npz"), new Dictionary<string, Tensor> { ["image"] = Images() });
        Assert.Contains("EC7302", Run(1, "evaluate", "m.onnx", "--data", "bare.npz"));
        Assert.Contains("EC7303", Run(1, "evaluate", "m.onnx", "--data", "bare.npz", "--metric", "ap50"));
        Assert.Contains("EC7301", Run(2, "evaluate", "m.onnx", "--data", "bare.npz", "--metric", "sqnr", "--output", "head"));
        Assert.Contains("EC7002", Run(2, "evaluate", "m.onnx", "--data", "bare.npz", "--metric", "sqnr", "--limit", "0"));
        Assert.Contains("EC8101", Run(1, "evaluate", ".", "--data", "bare.npz"));
        File.WriteAllBytes(folder.At("x.onnx"), new ModelBuilder().Input("image", 1, 3, Side, Side).Node("Relu", "image", "y").Output("y").Model.ToByteArray());
        Assert.Contains("EC7304", Run(2, "evaluate", "x.onnx", "--data", "d.npz", "--metric", "ap50"));
    }

    // Each map is a convolution that picks one pixel of four and one channel: stride 2.
    private static byte[] Detector(string heatmap, string size, string offset)
    {
        ModelBuilder model = new ModelBuilder().Input("image", 1, 3, Side, Side);
        Pick(model, "h", 0, 20, -10, 1);
        Pick(model, "s", 1, 4, 0, 2);
        Pick(model, "o", 2, 1, 0, 2);
        var strides = new AttributeProto { Name = "strides", Type = AttributeProto.Types.AttributeType.Ints };
        strides.Ints.AddRange([2, 2]);
        foreach ((string name, string output) in (ReadOnlySpan<(string, string)>)[("h", heatmap), ("s", size), ("o", offset)])
            model.Node("Conv", $"image {name} {name}b", output, name: output, attributes: strides);
        return model.Output(heatmap, size, offset).Model.ToByteArray();
    }

    private static void Pick(ModelBuilder model, string name, int channel, float gain, float bias, int outputs)
    {
        var weight = new TensorProto { Name = name, DataType = 1 };
        weight.Dims.AddRange([outputs, 3, 2, 2]);
        for (int i = 0; i < outputs * 12; i++)
            weight.FloatData.Add(i % 12 == channel * 4 ? gain : 0);
        model.Model.Graph.Initializer.Add(weight);
        model.Floats(name + "b", [.. Enumerable.Repeat(bias, outputs)]);
    }

    // Picture 0: a centre in cell (1,2), 2 cells wide, in the middle of its cell, and an equal one to its right.
    // Picture 1: a centre in cell (2,1) where the truth has none.
    private static Tensor Images()
    {
        var values = new float[Pictures * 3 * Side * Side];
        Set(0, 1, 2, 1, 0.5f, 0.5f);
        Set(0, 1, 3, 1, 0.5f, 0.5f);
        Set(1, 2, 1, 0.9f, 0.25f, 0);
        return Tensor.Of([Pictures, 3, Side, Side], values);

        void Set(int picture, int row, int column, params ReadOnlySpan<float> channels)
        {
            for (int c = 0; c < channels.Length; c++)
                values[((picture * 3 + c) * Side + row * 2) * Side + column * 2] = channels[c];
        }
    }

    private static Tensor Boxes() => Tensor.Of(
        [Pictures, 2, 5],
        [
            3f, 1f, 7f, 5f, 0f, -1f, -1f, -1f, -1f, -1f,
            4f, 0f, 8f, 4f, 0f, -1f, -1f, -1f, -1f, -1f,
        ]);

    private JsonElement Json(params string[] arguments)
    {
        (int exit, string output, string errors) = Tool.Run(folder.Path, [.. arguments, "--json"]);
        Assert.True(exit == 0, errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private string Run(int expected, params string[] arguments)
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, arguments);
        Assert.True(exit == expected, $"exit {exit}: {errors}");
        return errors;
    }
}
