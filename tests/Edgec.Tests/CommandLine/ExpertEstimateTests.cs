using System.Text.Json;
using Edgec.Import.Proto;
using Edgec.Tests.Import;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.CommandLine;

/// <summary>What <c>estimate</c> says of the weights that a mixture of experts reads.</summary>
public sealed class ExpertEstimateTests : IDisposable
{
    private const int Rows = 12, Width = 8, Experts = 4, Hidden = 6, Choices = 2;

    private readonly TemporaryFolder folder = new();

    public ExpertEstimateTests()
    {
        var random = new Random(2);
        ModelBuilder model = new ModelBuilder().Input("x", Rows, Width)
            .Node("MoE", "x gate w1 b1 w2 b2", "y", domain: "edge.moe", attributes: [ModelBuilder.Attribute("k", Choices), ModelBuilder.Attribute("activation", "gelu")]).Output("y");
        model.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "edge.moe", Version = 1 });
        foreach ((string name, int[] dims) in new (string, int[])[]
            { ("gate", [Width, Experts]), ("w1", [Experts, Width, Hidden]), ("b1", [Experts, Hidden]), ("w2", [Experts, Hidden, Width]), ("b2", [Experts, Width]) })
        {
            var tensor = new TensorProto { Name = name, DataType = 1 };
            tensor.Dims.AddRange(dims.Select(d => (long)d));
            tensor.FloatData.AddRange(Enumerable.Range(0, dims.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle() * 2 - 1));
            model.Model.Graph.Initializer.Add(tensor);
        }

        File.WriteAllBytes(folder.At("m.onnx"), model.Model.ToByteArray());
        Directory.CreateDirectory(folder.At("data"));
        WriteNpy(folder.At("data/x.npy"), 5, random);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Formula_and_measurement_stand_side_by_side()
    {
        (int exit, string output, string errors) = Tool.Run(folder.Path, "estimate", "m.onnx", "--target", "cortex-a72", "--data", "data", "--limit", "4", "--json");
        Assert.True(exit == 0, errors);
        JsonElement[] layers = [.. JsonDocument.Parse(output).RootElement.GetProperty("experts").EnumerateArray()];
        Assert.Equal(2, layers.Length);
        foreach (JsonElement layer in layers)
        {
            Assert.Equal((Rows, Choices, Experts), (Int(layer, "rows"), Int(layer, "choices"), Int(layer, "experts")));
            Assert.Equal(Width * Hidden, Int(layer, "expertBytes"));
            Assert.Equal(Rows * Choices * Width * Hidden, Int(layer, "rowByRowBytes"));
            Assert.Equal(Experts * Width * Hidden, Int(layer, "mostBytes"));
            JsonElement measured = layer.GetProperty("measured");
            Assert.Equal(4, Int(measured, "samples"));
            Assert.Equal(4 * Rows * Choices, measured.GetProperty("rowsOfExperts").EnumerateArray().Sum(rows => rows.GetInt32()));
            Assert.Equal(measured.GetProperty("expertsUsed").GetDouble() * Width * Hidden, measured.GetProperty("byExpertBytes").GetDouble(), 6);
            Assert.InRange(measured.GetProperty("agreement").GetDouble(), 0.8, 1);
        }
    }

    [Fact]
    public void The_table_says_both_orders()
    {
        (int exit, string output, string errors) = Tool.Run(folder.Path, "estimate", "m.onnx", "--target", "cortex-a72", "--data", "data");
        Assert.True(exit == 0, errors);
        Assert.Contains("2 of 4", output);
        Assert.Contains("measured on 5 samples", output);
    }

    [Fact]
    public void Data_is_for_mixtures_of_experts_only()
    {
        ModelBuilder model = new ModelBuilder().Input("x", Rows, Width).Node("Relu", "x", "y").Output("y");
        File.WriteAllBytes(folder.At("relu.onnx"), model.Model.ToByteArray());
        (int exit, _, string errors) = Tool.Run(folder.Path, "estimate", "relu.onnx", "--target", "cortex-a72", "--data", "data");
        Assert.Equal(2, exit);
        Assert.Contains("--data", errors);
    }

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static void WriteNpy(string path, int samples, Random random)
    {
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({samples}, {Rows}, {Width}), }}";
        header = header.PadRight((10 + header.Length + 1 + 63) / 64 * 64 - 11) + "\n";
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0]);
        writer.Write((ushort)header.Length);
        writer.Write(System.Text.Encoding.ASCII.GetBytes(header));
        for (int i = 0; i < samples * Rows * Width; i++)
            writer.Write(random.NextSingle() * 4 - 2);
    }
}
