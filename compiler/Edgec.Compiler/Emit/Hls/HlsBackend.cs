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
        return new(
            plan.Model.Name, plan.Target.Description, plan.Target.Part, (1000 / plan.Target.ClockMHz).ToString("f3", CultureInfo.InvariantCulture),
            plan.Options.Dialect.ToString().ToUpperInvariant(), plan.Milliseconds.ToString("f2", CultureInfo.InvariantCulture), HlsSizes.Of(plan), HlsAttention.Of(plan.Configuration.Attention),
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
