using System.Collections.Immutable;
using System.Security.Cryptography;
using Edgec.Bundle;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Emit;
using Edgec.Emit.Report;
using Edgec.Import;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Targets;

namespace Edgec.Compile;

/// <summary>The whole way from a file to a bundle, phase by phase; each phase can be asked for alone.</summary>
/// <param name="diagnostics">Gets notes and warnings; errors end a phase with an exception.</param>
public sealed class ModelCompiler(CompileOptions options, DiagnosticBag diagnostics, IProgressSink? progress = null, PipelineOptions? pipeline = null)
{
    /// <summary>Samples of seeded noise that stand in for calibration data.</summary>
    public const int NoiseSamples = 8;

    private const int NoiseSeed = 1;

    /// <summary>Name and version, as bundles record them.</summary>
    public static string Tool { get; } = $"edgec {typeof(ModelCompiler).Assembly.GetName().Version!.ToString(3)}";

    private readonly IProgressSink progress = progress ?? SilentProgress.Instance;

    private PassContext Context => new(options.Model, diagnostics);

    /// <summary>Reads the model and brings it to the canonical form, images channels-last.</summary>
    public Graph Load()
    {
        OnnxFile file = OnnxFile.Load(options.Model, diagnostics);
        Graph imported = ModelImporter.Import(file, options.Import, diagnostics);
        diagnostics.ThrowIfErrors();
        PipelineOptions watched = (pipeline ?? PipelineOptions.Default) with { Progress = (i, n, name) => progress.Report(name, i, n) };
        return Passes().Run(imported, Context, watched);
    }

    // The usual passes with the user's settings, then the user's own.
    private Pipeline Passes()
    {
        Pipeline usual = PassSettings.Apply(Pipelines.Prepare, options.PassSettings, diagnostics);
        ImmutableArray<Pass>? own = options.Passes is { } list ? PassList.Parse(list, PassTable.All, diagnostics) : [];
        diagnostics.ThrowIfErrors();
        return Pipeline.Create(usual.From, [.. usual.Passes, .. own!]);
    }

    /// <summary>The graph in the precision and the rounding profile asked for.</summary>
    /// <param name="target">What it will be compiled for, where that is known.</param>
    public Graph Lower(Graph canonical, Target? target = null) =>
        Round(options.Plan.IsFloat ? canonical : Quantize(canonical), target);

    // What the command says counts, then what the target says, then what the model brought.
    private Graph Round(Graph typed, Target? target) =>
        (options.Rounding ?? target?.Rounding) is { } rounding && rounding != typed.Rounding && typed.Level == Level.Quantized
            ? typed.With(rounding: rounding)
            : typed;

    /// <summary>Compiles for a target.</summary>
    public CompiledModel Compile(Target target)
    {
        Graph canonical = Load();
        return Compile(canonical, Lower(canonical, target), target);
    }

    /// <summary>Plans and emits a typed graph for a target; so several targets can share the phases before.</summary>
    /// <param name="canonical">The float graph <paramref name="typed"/> was made from; its inputs give the vectors.</param>
    public CompiledModel Compile(Graph canonical, Graph typed, Target target)
    {
        typed = Round(typed, target);
        ModelPlan plan = Planner.Plan(typed, Backends.PlanOptions(target, options.Ram), options.Model);
        ModelPlan reference = plan.Lanes == 1 ? plan : Planner.Plan(typed, new PlanOptions(), options.Model);
        TestVector vector = MakeVector(canonical, reference);
        progress.Report("emitting", 0, 1);
        Estimate? estimate = Backends.HasCostModel(target) ? Backends.Estimate(plan, target, options.Model) : null;
        var templates = new Templates(options.TemplateFolder);
        (string text, byte[] weights) = GraphFiles.Render(typed, "model");
        ImmutableArray<EmittedFile> files =
        [
            .. Backends.Emit(plan, target, vector, templates, Tool, options.Model),
            new("graph/model.ir", text),
            new("graph/model.weights", weights),
            new("graph/input.bin", vector.InputBytes),
            new("graph/board.target", target.Source),
            .. HtmlReport.Emit(plan, target, estimate, Header(target), templates),
        ];
        Manifest manifest = Describe(plan, target, files);
        return new(typed, plan, target, manifest, [.. files, new(Manifest.FileName, manifest.ToJson())], estimate);
    }

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
        if (options.Weights.Equalize)
            canonical = Equalization.Run(canonical);
        int total = Math.Min(OpenCalibration(canonical).Count, options.CalibrationSamples);
        Dictionary<string, ValueRange> ranges = Ranges(canonical, total);
        Graph quantized = Quantizer.Quantize(canonical, ranges, options.Plan, diagnostics, options.Model, Weights(canonical, total));
        if (options.RealPorts)
            quantized = RealPorts.Open(quantized);
        Verifier.Verify(quantized, options.Model, "quantize", diagnostics);
        diagnostics.ThrowIfErrors();
        return quantized;
    }

    private WeightQuantizer Weights(Graph canonical, int samples)
    {
        PrecisionAssignment precision = PrecisionAssignment.Of(options.Plan, canonical, new DiagnosticBag(), options.Model);
        return WeightQuantizer.Prepare(
            canonical, precision, options.Weights, () => CalibrationSamples(canonical), samples, (done, total) => progress.Report("looking at weights", done, total));
    }

    // A model that arrives quantized is not calibrated again; one that is so in part, only where it states nothing.
    private Dictionary<string, ValueRange> Ranges(Graph canonical, int total)
    {
        bool arrivesQuantized = canonical.Nodes.Any(node => node.Op is FakeQuantize or QuantizeLinear or DequantizeLinear);
        IReadOnlyCollection<string> unstated = arrivesQuantized ? Quantizer.Unstated(canonical, options.Plan) : [];
        if (arrivesQuantized && unstated.Count == 0)
            return [];
        if (options.Calibration is null)
        {
            diagnostics.Add(arrivesQuantized
                ? QuantizeDiagnostics.PartlyOnNoise(options.Model, NoiseSamples, unstated)
                : QuantizeDiagnostics.CalibratedOnNoise(options.Model, NoiseSamples));
        }

        return Calibrator.Calibrate(
            canonical, CalibrationSamples(canonical), options.Quantize ?? new(), options.Model, done => progress.Report("calibrating", done, total));
    }

    private TestVector MakeVector(Graph canonical, ModelPlan reference)
    {
        progress.Report("computing test vectors", 0, 1);
        IReadOnlyDictionary<string, Tensor> sample = CalibrationSamples(canonical).First();
        ImmutableArray<Tensor> inputs =
            [.. reference.Inputs.Select(i => Boundary.ToGraph(sample[reference.Values[i].Name], reference.Values[i].Type))];
        return new(inputs, Check.ReferenceRunner.Run(reference, inputs.AsSpan()));
    }

    private ReportHeader Header(Target target) => new(
        Tool, Path.GetFileName(options.Model), Backends.Name(target), options.Plan.Summary, CalibrationNote, [.. diagnostics.Items]);

    private string? CalibrationNote => options switch
    {
        { Plan.IsFloat: true } => null,
        { Calibration: null } => $"{NoiseSamples} samples of seeded noise",
        _ => $"at most {options.CalibrationSamples} samples of {options.Recorded["calibration"]}",
    };

    private Manifest Describe(ModelPlan plan, Target target, IEnumerable<EmittedFile> files) => new(
        Manifest.CurrentFormat,
        Tool,
        Backends.Name(target),
        target.Name,
        new(Path.GetFileName(options.Model), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(options.Model)))),
        options.Recorded,
        [.. plan.Inputs.Select(i => Port(plan.Values[i]))],
        [.. plan.Outputs.Select(i => Port(plan.Values[i]))],
        [.. plan.Steps.Select(step => Layer(plan, step))],
        plan.ArenaBytes,
        plan.Weights.Bytes.Length,
        BundleWriter.Hashes(files.Where(file => file.Path != HtmlReport.PageName)).ToImmutableSortedDictionary(StringComparer.Ordinal))
    { Rounding = plan.Rounding.Text() };

    private static ManifestPort Port(PlanValue value) => new(
        value.Name, value.Type.Element.Text(), [.. value.Type.Shape], value.Type.Quantization?.Scale, value.Type.Quantization?.Zero);

    private static ManifestLayer Layer(ModelPlan plan, PlanStep step)
    {
        PlanValue value = plan.Values[step.Result];
        return new(step.Index, step.Name, step.Kernel.Shape, value.Name, value.Type.Element.Text(), [.. value.Type.Shape], step.Origin.ToString(), step.Cost.Macs);
    }
}
