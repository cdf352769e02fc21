using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Ir;
using Edgec.Passes;
using Edgec.Quantize;
using Edgec.Runtime;

namespace Edgec.Compile;

/// <summary>The whole way from a file to a bundle, phase by phase; each phase can be asked for alone.</summary>
/// <param name="diagnostics">Gets notes and warnings; errors end a phase with an exception.</param>
public sealed class ModelCompiler(CompileOptions options, DiagnosticBag diagnostics, IProgressSink? progress = null, PipelineOptions? pipeline = null)
{
    /// <summary>Samples of seeded noise that stand in for calibration data.</summary>
    public const int NoiseSamples = 8;

    private const int NoiseSeed = 1;

    private readonly IProgressSink progress = progress ?? SilentProgress.Instance;

    private PassContext Context => new(options.Model, diagnostics);

    /// <summary>Reads the model and brings it to the canonical form, images channels-last.</summary>
    public Graph Load()
    {
        OnnxFile file = OnnxFile.Load(options.Model, diagnostics);
        Graph imported = ModelImporter.Import(file, options.Import, diagnostics);
        diagnostics.ThrowIfErrors();
        PipelineOptions watched = (pipeline ?? PipelineOptions.Default) with { Progress = (i, n, name) => progress.Report(name, i, n) };
        return Pipelines.Prepare.Run(imported, Context, watched);
    }

    /// <summary>The graph in the precision asked for.</summary>
    public Graph Lower(Graph canonical) => options.Precision switch
    {
        Precision.Fp32 => canonical,
        Precision.W8A8 => Quantize(canonical),
        _ => throw new ArgumentOutOfRangeException(nameof(canonical)),
    };

    /// <summary>The samples ranges are taken from: data if there is any, else noise.</summary>
    public IEnumerable<IReadOnlyDictionary<string, Tensor>> CalibrationSamples(Graph canonical)
    {
        DataSet data = OpenCalibration(canonical);
        return Enumerable.Range(0, Math.Min(data.Count, options.CalibrationSamples)).Select(data.Sample);
    }

    private DataSet OpenCalibration(Graph canonical) => options.Calibration is { } path
        ? DataSet.Open(path, Inputs(canonical), options.DataOptions ?? DataOptions.None, diagnostics)
        : DataSet.Noise(Inputs(canonical), NoiseSamples, NoiseSeed);

    /// <summary>A graph's inputs, as data has to fill them.</summary>
    public static ImmutableArray<DataInput> Inputs(Graph graph) => [.. graph.Inputs.Select(i => new DataInput(i, graph.TypeOf(i).Element, graph.TypeOf(i).Shape))];

    private Graph Quantize(Graph canonical)
    {
        if (options.Calibration is null)
            diagnostics.Add(QuantizeDiagnostics.CalibratedOnNoise(options.Model, NoiseSamples));
        int total = Math.Min(OpenCalibration(canonical).Count, options.CalibrationSamples);
        Dictionary<string, ValueRange> ranges = Calibrator.Calibrate(
            canonical, CalibrationSamples(canonical), options.Quantize ?? new(), options.Model, done => progress.Report("calibrating", done, total));
        Graph quantized = Quantizer.Quantize(canonical, ranges, diagnostics, options.Model);
        Verifier.Verify(quantized, options.Model, "quantize", diagnostics);
        diagnostics.ThrowIfErrors();
        return quantized;
    }
}
