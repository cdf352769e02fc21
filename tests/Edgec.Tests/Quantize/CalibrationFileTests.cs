using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Ir;
using Edgec.Quantize;
using Edgec.Quantize.Calibration;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
using Edgec.Runtime;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Quantize;

public sealed class CalibrationFileTests : IDisposable
{
    private static readonly string Example = Path.Combine(SourceTree.Root, "examples", "shapes-classifier");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("csharp", "mse", true)]
    [InlineData("cortex-a72", "percentile", false)]
    public void Compiling_from_the_file_gives_the_bytes_of_compiling_from_the_data(string target, string calibrator, bool clip)
    {
        CompileOptions fromData = new(
            Path.Combine(Example, "shapes_resnet8.onnx"), ImportOptions.None, Calibration: Path.Combine(Example, "shapes_calibration.npz"),
            CalibrationSamples: 6, Quantize: new(CalibratorTable.Find(calibrator, 99.9), clip));
        var compiler = new ModelCompiler(fromData, new DiagnosticBag());
        CalibrationFile.Save(folder.At("c.json"), compiler.Calibrate(compiler.Load()));
        CompileOptions fromFile = new(fromData.Model, ImportOptions.None, CalibrationFile: folder.At("c.json"));
        Assert.Equal(Compile(fromData, target), Compile(fromFile, target));
    }

    [Fact]
    public void Weights_that_are_chosen_by_data_need_it_beside_the_file()
    {
        CompileOptions fromData = new(
            Path.Combine(Example, "shapes_resnet8.onnx"), ImportOptions.None, Precision: PrecisionFile.ParseWords("w4a8") is { } words ? PrecisionPlan.Of(words) : null,
            Calibration: Path.Combine(Example, "shapes_calibration.npz"), CalibrationSamples: 3);
        var compiler = new ModelCompiler(fromData, new DiagnosticBag());
        Graph canonical = compiler.Load();
        CalibrationFile.Save(folder.At("c.json"), compiler.Calibrate(canonical));
        CompileOptions fromFile = fromData with { Calibration = null, CalibrationFile = folder.At("c.json") };
        Assert.Equal("EC3026", Code(() => new ModelCompiler(fromFile, new DiagnosticBag()).Lower(canonical)));
        Assert.Equal(Level.Quantized, new ModelCompiler(fromFile with { WeightSteps = WeightOptimization.None }, new DiagnosticBag()).Lower(canonical).Level);
        Assert.Equal(Compile(fromData, "csharp"), Compile(fromFile with { Calibration = fromData.Calibration }, "csharp"));
    }

    [Fact]
    public void Reading_is_the_inverse_of_writing()
    {
        Save(Result());
        CalibrationResult read = CalibrationFile.Load(folder.At("c.json"));
        CalibrationFile.Save(folder.At("again.json"), read);
        Assert.Equal(File.ReadAllText(folder.At("c.json")), File.ReadAllText(folder.At("again.json")));
        Assert.Equal(Result().Values.Select(v => (v.Name, v.Range, v.WideRange)), read.Values.Select(v => (v.Name, v.Range, v.WideRange)));
        Assert.Equal(Result().Values[0].Seen!.Histogram, read.Values[0].Seen!.Histogram);
        Assert.Equal(Result().Sample["x"].Bytes, read.Sample["x"].Bytes);
    }

    [Fact]
    public void Ranges_alone_are_enough()
    {
        Save(Result());
        Edit(root => root["values"]![1]!.AsObject().Remove("seen"));
        CalibratedValue value = CalibrationFile.Load(folder.At("c.json")).Values[1];
        Assert.Equal(("y", new ValueRange(0, 2), new ValueRange(0, 2)), (value.Name, value.Range, value.WideRange));
        Assert.Null(value.Seen);
    }

    [Fact]
    public void What_does_not_fit_the_graph_is_named()
    {
        Graph graph = Graph2();
        Assert.Empty(Check(Result(), graph));
        Diagnostic missing = Assert.Single(Check(Result() with { Values = [Result().Values[0]] }, graph));
        Assert.Equal(("EC3021", Severity.Error), (missing.Code, missing.Severity));
        Assert.Contains("value y", missing.Message);
        CalibratedValue extra = Result().Values[0] with { Name = "gone" };
        Diagnostic unknown = Assert.Single(Check(Result() with { Values = [.. Result().Values, extra] }, graph));
        Assert.Equal(("EC3022", Severity.Warning), (unknown.Code, unknown.Severity));
        Assert.Contains("gone", unknown.Message);
        Assert.Equal("EC3027", Assert.Single(Check(Result() with { Equalized = true }, graph)).Code);
        Diagnostic other = Assert.Single(Check(Result() with { Model = "b" }, graph));
        Assert.Equal(("EC3023", Severity.Warning), (other.Code, other.Severity));
        Diagnostic sample = Assert.Single(Check(Result() with { Sample = Result().Sample.SetItem("x", Tensor.Of([2], [1f, 2f])) }, graph));
        Assert.Equal(("EC3025", Severity.Error), (sample.Code, sample.Severity));
    }

    [Theory]
    [InlineData("format", "7")]
    [InlineData("samples", "0")]
    [InlineData("values", "null")]
    [InlineData("values", "[{\"name\":\"x\",\"low\":2,\"high\":1}]")]
    [InlineData("values", "[{\"name\":\"x\",\"low\":0,\"high\":1e39}]")]
    [InlineData("values", "[{\"low\":0,\"high\":1}]")]
    [InlineData("values", "[null]")]
    [InlineData("values", "[{\"name\":\"x\",\"low\":0,\"high\":1},{\"name\":\"x\",\"low\":0,\"high\":1}]")]
    [InlineData("values", "[{\"name\":\"x\",\"low\":0,\"high\":1,\"seen\":{\"histogram\":\"1 2 3\"}}]")]
    [InlineData("values", "\"x\"")]
    [InlineData("sample", "[{\"name\":\"x\",\"element\":\"f32\",\"shape\":[4],\"bytes\":\"AAAA\"}]")]
    [InlineData("sample", "[{\"name\":\"x\",\"element\":\"f31\",\"shape\":[4],\"bytes\":\"\"}]")]
    [InlineData("sample", "[{\"name\":\"x\",\"element\":\"f32\",\"shape\":[2000000000,2],\"bytes\":\"\"}]")]
    [InlineData("sample", "[{\"name\":\"x\",\"element\":\"f32\",\"shape\":[-1],\"bytes\":\"not base 64\"}]")]
    public void A_file_that_makes_no_sense_is_refused(string property, string json)
    {
        Save(Result());
        Edit(root => root[property] = JsonNode.Parse(json));
        Assert.Equal("EC3020", Code(() => CalibrationFile.Load(folder.At("c.json"))));
    }

    [Fact]
    public void So_is_what_is_no_JSON_or_not_there()
    {
        File.WriteAllText(folder.At("c.json"), "{\"format\": 1, ");
        Assert.Equal("EC3020", Code(() => CalibrationFile.Load(folder.At("c.json"))));
        File.WriteAllText(folder.At("c.json"), "null");
        Assert.Equal("EC3020", Code(() => CalibrationFile.Load(folder.At("c.json"))));
        Assert.Equal("EC3020", Code(() => CalibrationFile.Load(folder.At("none.json"))));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named() =>
        Assert.Equal("EC3024", Code(() => CalibrationFile.Save(folder.At("no/such/folder.json"), Result())));

    private static string[] Compile(CompileOptions options, string target)
    {
        CompiledModel model = new ModelCompiler(options, new DiagnosticBag()).Compile(TargetCatalog.Load(target));
        return [.. model.Files.Select(file => $"{file.Path} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(file.Bytes.Span))}")];
    }

    private static IReadOnlyList<Diagnostic> Check(CalibrationResult result, Graph graph)
    {
        var bag = new DiagnosticBag();
        CalibrationFile.Check(result, "c.json", graph, GraphStatistics.Values(graph), "a", equalized: false, bag);
        return [.. bag.Items];
    }

    private static string Code(Action action) => Assert.Single(Assert.Throws<DiagnosticException>(action).Diagnostics).Code;

    private void Save(CalibrationResult result) => CalibrationFile.Save(folder.At("c.json"), result);

    private void Edit(Action<JsonNode> change)
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(folder.At("c.json")))!;
        change(root);
        File.WriteAllText(folder.At("c.json"), root.ToJsonString());
    }

    private static CalibrationResult Result()
    {
        var seen = new ValueSummary(-1.5f, 3, 100, 7, 0.1, 0.5, 6, 3.25, 1.0625, [.. Enumerable.Range(0, ValueSummary.Bars).Select(i => (long)i)]);
        return new("a", "data.npz", 2, "min-max", false, false, [new("x", new(-1.5f, 3), new(-1.5f, 3.1f), seen), new("y", new(0, 2), new(0, 2), seen with { ScaleRatio = null })],
            ImmutableSortedDictionary<string, Tensor>.Empty.Add("x", Tensor.Of([3], [1f, -0f, 1e-20f])));
    }

    private static Graph Graph2()
    {
        var diagnostics = new DiagnosticBag();
        Graph graph = Edgec.Ir.Text.GraphParser.Parse("graph @t canonical\n  input %x : f32[3]\n  %y = relu(%x) : f32[3] ; A\n  output %y\n", "t", diagnostics)!;
        diagnostics.ThrowIfErrors();
        return graph;
    }
}
