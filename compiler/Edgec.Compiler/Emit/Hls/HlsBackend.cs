using System.Globalization;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Edgec.Runtime;

namespace Edgec.Emit.Hls;

/// <summary>Writes an HLS plan as a bundle of C++ for synthesis: engines, tables of commands, test bench, build files, host driver.</summary>
public static class HlsBackend
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>What of the folder hls-templates goes into a bundle, by how names begin.</summary>
    private static readonly string[] Parts = ["Makefile", "hls_config.cfg", "host/", "include/", "run.tcl", "sim/", "src/", "tb/"];

    /// <param name="vectors">What the test bench runs.</param>
    public static IReadOnlyList<EmittedFile> Emit(HlsPlan plan, IReadOnlyList<TestVector> vectors, Templates templates)
    {
        var files = new List<EmittedFile>();
        foreach (string name in Names().Where(name => !name.EndsWith(".scriban", StringComparison.Ordinal)))
            files.Add(new(name["hls/".Length..], templates.Read(name)));
        files.Add(new("src/layers.h", LayersHeader.Write(plan)));
        files.Add(new("weights.bin", plan.Image));
        foreach ((TestVector vector, int index) in vectors.Select((v, i) => (v, i)))
        {
            files.AddRange(vector.Inputs.Select((t, i) => new EmittedFile($"tb/vectors/vector{index}_input{i}.bin", t.Bytes.ToArray())));
            files.AddRange(vector.Outputs.Select((t, i) => new EmittedFile($"tb/vectors/vector{index}_output{i}.bin", t.Bytes.ToArray())));
        }

        HlsTemplate model = Model(plan, files, vectors.Count);
        foreach (string name in Names().Where(name => name.EndsWith(".scriban", StringComparison.Ordinal)))
            files.Add(new(name["hls/".Length..^".scriban".Length], templates.Render(name, model)));
        return [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Names() => Parts.SelectMany(part => Templates.Names("hls/" + part));

    private static HlsTemplate Model(HlsPlan plan, List<EmittedFile> files, int vectors)
    {
        EngineConfiguration c = plan.Configuration;
        LaneStage stage = c.Stage ?? LaneStage.None;
        long mostWords = plan.Model.Values.Select(MemoryMap.WordsOf).DefaultIfEmpty(1).Max();
        long mostRows = plan.Model.Values.Select(v => Storage.Rows(v.Type.Shape)).DefaultIfEmpty(1).Max();
        long mostSteps = plan.Convolutions.Select(x => (long)x.RowSteps)
            .Concat(plan.Commands.OfType<ResampleCommand>().Select(x => (long)x.ColumnRecords * x.Words * x.Layout.RowTaps))
            .Concat(plan.Commands.OfType<AttentionCommand>().Select(x => x.Shape.Geometry.Batch * x.Schedule.Steps * Math.Max(x.Shape.Words, x.ValueWords))).DefaultIfEmpty(1).Max();
        var sizes = new HlsSizes(
            c.Group, c.Pairs, c.Singles, c.MacInterval, c.FinishInterval, c.MapInterval, c.RowInterval, c.ParameterBanks, c.LineWords, c.PixelWords,
            c.WeightDepth, c.ParameterRows, c.Ranges, c.RowWords, c.MoveWords, c.AccumulatorBits, c.WeightBits, c.MultiplierBits, (int)c.Rounding,
            c.Deform.Ports, c.Deform.SampleBits, c.Deform.Banks, c.Deform.BankWords, c.Deform.Places, c.Deform.Any, c.Deform.Fractions, c.Deform.Masks, Math.Max(1, c.Resample.LineWords), Math.Max(1, c.Resample.Columns), Math.Max(1, c.Resample.Rows), c.Resample.Any, c.Norm.Queue, Math.Max(1, c.Norm.Channels), Math.Max(1, c.Norm.GroupWords), c.Norm.GroupWords > 0, c.Norm.Any,
            Math.Max(1, c.Experts.Rows), Math.Max(1, c.Experts.Experts), c.Experts.Any, Math.Max(1, c.MixWords), c.MixWords > 0,
            Math.Max(1, c.Selection.Selected), c.Selection.Selected > 0, c.Selection.Across, c.Selection.Gathers, c.Selection.Scatters, Math.Max(1, c.Selection.ScatterWords), c.Elements,
            c.Uses.Convolutions, c.Uses.Products,
            c.Uses.Maps, c.Uses.Add, c.Uses.Multiply, c.Uses.Prelu, c.Uses.Rows, c.Uses.Softmax, c.Uses.Moves, mostRows, mostWords, mostSteps, c.Stage is not null, stage.LineWords, stage.Depth, stage.ParameterRows, stage.ParameterBanks, stage.FinishInterval);
        return new(
            plan.Model.Name, plan.Target.Description, plan.Target.Part, (1000 / plan.Target.ClockMHz).ToString("f3", CultureInfo.InvariantCulture),
            plan.Options.Dialect.ToString().ToUpperInvariant(), plan.Milliseconds.ToString("f2", CultureInfo.InvariantCulture), sizes, HlsAttention.Of(c.Attention),
            [.. plan.Model.Inputs.Select(v => Tensor(plan, v))],
            [.. plan.Model.Outputs.Select(v => Tensor(plan, v))],
            [.. plan.Model.Steps.Select(s => Tensor(plan, s.Result))],
            [.. files.Select(f => f.Path).Where(p => p.StartsWith("include/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)],
            [.. files.Select(f => f.Path).Where(p => p.StartsWith("tb/vectors/", StringComparison.Ordinal))],
            vectors, plan.Layers.Length, plan.Commands.Length, plan.MemoryWords, plan.Memory.Image, plan.Image.Length,
            plan.Model.Tasks, [.. plan.Layers.Select(layer => $"0x{layer.Step.Tasks:x}u")]);
    }

    private static HlsTensor Tensor(HlsPlan plan, int index)
    {
        PlanValue value = plan.Model.Values[index];
        Shape shape = value.Type.Shape;
        int row = shape.Rank == 0 ? 1 : shape[^1];
        string name = string.Concat(value.Name.Select(ch => char.IsAsciiLetterOrDigit(ch) ? ch : '_'));
        string tuple = shape.Rank == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape.ToArray())})";
        int bytes = value.Type.Element.SizeOf();
        return new(name, plan.Memory.AddressOf(value), Storage.Rows(shape), row * bytes, Storage.Pitch(shape, Lanes) / Lanes * bytes, tuple);
    }
}
