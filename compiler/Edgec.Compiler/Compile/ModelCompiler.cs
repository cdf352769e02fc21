using System.Collections.Immutable;
using System.Globalization;
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
using Edgec.Quantize.Calibration;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
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

    private DataSet? data;
    private CalibrationResult? calibration;

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

    // Before and behind the quantizer, with the user's settings.
    private readonly Lazy<ImmutableArray<Pipeline>> usual = new(() => PassSettings.Apply([Pipelines.Prepare, Pipelines.Quantized], options.PassSettings, diagnostics));

    // The usual passes with the user's settings, then the user's own.
    private Pipeline Passes()
    {
        Pipeline before = usual.Value[0];
        ImmutableArray<Pass>? own = options.Passes is { } list ? PassList.Parse(list, PassTable.All, diagnostics) : [];
        diagnostics.ThrowIfErrors();
        return Pipeline.Create(before.From, [.. before.Passes, .. own!]);
    }

    /// <summary>The graph in the precision and the rounding profile asked for.</summary>
    /// <param name="target">What it will be compiled for, where that is known.</param>
    /// <exception cref="DiagnosticException">Float is asked for, and the model arrives quantized (EC3017).</exception>
    public Graph Lower(Graph canonical, Target? target = null)
    {
        if (!options.Plan.IsFloat)
            return Lower(canonical, Calibrate(canonical).Values, target);
        int stated = canonical.Nodes.Count(States);
        return stated == 0 ? canonical : throw new DiagnosticException(QuantizeDiagnostics.FloatOfQuantized(options.Model, stated));
    }

    // Of roundings, what the command says counts, then what the target says, then what the model brought.
    private Graph Fit(Graph typed, Target? target)
    {
        if (typed.Level != Level.Quantized)
            return typed;
        if (target is FpgaTarget)
            typed = EngineForms.Run(typed, Context);
        return (options.Rounding ?? target?.Rounding) is { } rounding && rounding != typed.Rounding ? typed.With(rounding: rounding) : typed;
    }

    // What engines have another form for, with the same bits.
    private static readonly Pipeline EngineForms = Pipeline.Create(Level.Quantized, new ConvolveResize(), new EliminateTransposes());

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
        typed = Fit(typed, target);
        ModelPlan plan = Planner.Plan(typed, Backends.PlanOptions(target, options.Ram), options.Model);
        ModelPlan reference = plan.Lanes == 1 ? plan : Planner.Plan(typed, new PlanOptions(), options.Model);
        TestVector vector = MakeVector(canonical, reference);
        progress.Report("emitting", 0, 1);
        var templates = new Templates(options.TemplateFolder);
        Emission emission = Backends.Emit(plan, target, vector, templates, Tool, options.Model, options.Backend);
        (string text, byte[] weights) = GraphFiles.Render(typed, "model");
        ImmutableArray<EmittedFile> files =
        [
            .. emission.Files,
            new("graph/model.ir", text),
            new("graph/model.weights", weights),
            new("graph/input.bin", vector.InputBytes),
            new("graph/board.target", target.Source),
            .. HtmlReport.Emit(plan, target, emission.Estimate, Header(target), templates),
        ];
        Manifest manifest = Describe(plan, target, files);
        return new(typed, plan, target, manifest, [.. files, new(Manifest.FileName, manifest.ToJson())], emission.Estimate);
    }

    /// <summary>The samples ranges are taken from: data if there is any, else noise.</summary>
    public IEnumerable<IReadOnlyDictionary<string, Tensor>> CalibrationSamples(Graph canonical)
    {
        DataSet data = OpenCalibration(canonical);
        return Enumerable.Range(0, SamplesOf(data)).Select(data.Sample);
    }

    /// <summary>The ranges of a canonical graph's values: out of the file if there is one, else found on data or noise. Done once.</summary>
    /// <exception cref="DiagnosticException">File or data do not fit the graph, or a value became NaN or infinite.</exception>
    public CalibrationResult Calibrate(Graph canonical) =>
        calibration ??= options.CalibrationFile is { } path ? Kept(path, Prepared(canonical)) : Measure(Prepared(canonical));

    // Ranges are those of the graph that is quantized.
    private Graph Prepared(Graph canonical) => options.Weights.Equalize ? Equalization.Run(canonical) : canonical;

    private CalibrationResult Kept(string path, Graph canonical)
    {
        CalibrationResult kept = CalibrationFile.Load(path);
        IReadOnlyCollection<string> needed = Needed(canonical);
        if (kept.Data is null)
            WarnOfNoise(canonical, needed, kept.Samples);
        CalibrationFile.Check(kept, path, canonical, needed, ModelHash, options.Weights.Equalize, diagnostics);
        diagnostics.ThrowIfErrors();
        return kept;
    }

    /// <summary>Statistics of a canonical graph's values on data or noise, from which any calibrator can choose ranges.</summary>
    public ImmutableArray<ObservedValue> Observe(Graph canonical) => Observe(Prepared(canonical), OpenCalibration(canonical));

    private ImmutableArray<ObservedValue> Observe(Graph canonical, DataSet data)
    {
        IReadOnlyCollection<string> needed = Needed(canonical);
        if (needed.Count == 0)
            return [];
        if (options.Calibration is null)
            WarnOfNoise(canonical, needed, NoiseSamples);
        int samples = SamplesOf(data);
        return GraphStatistics.Collect(canonical, samples, data.Sample, options.Model, done => progress.Report("calibrating", done, samples));
    }

    private int SamplesOf(DataSet data) => Math.Min(data.Count, options.CalibrationSamples);

    private CalibrationResult Measure(Graph canonical)
    {
        DataSet data = OpenCalibration(canonical);
        QuantizeOptions choice = options.Quantize ?? new();
        ImmutableArray<CalibratedValue> values = Calibrator.Choose(Observe(canonical, data), choice);
        string? name = options.Calibration is { } path ? Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) : null;
        return new(
            ModelHash, name, SamplesOf(data), choice.Chosen.Description, choice.ClipOutliers, options.Weights.Equalize, values, data.Sample(0).ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    /// <summary>All of the data that <see cref="CalibrationSamples"/> come from.</summary>
    public DataSet OpenCalibration(Graph canonical) => data ??= options.Calibration is { } path
        ? DataSet.Open(path, Inputs(canonical), options.DataOptions ?? DataOptions.None, diagnostics)
        : DataSet.Noise(Inputs(canonical), NoiseSamples, NoiseSeed);

    /// <summary>A graph's inputs, as data has to fill them.</summary>
    public static ImmutableArray<DataInput> Inputs(Graph graph) => [.. DataInput.Of(graph)];

    /// <summary>The same with ranges that were chosen elsewhere.</summary>
    public Graph Lower(Graph canonical, ImmutableArray<CalibratedValue> values, Target? target = null) =>
        Calibrated(canonical, values, target).Quantize(options.Plan, diagnostics);

    /// <summary>Calibrates once, to quantize by several plans.</summary>
    /// <param name="target">What it will be compiled for, where that is known.</param>
    public CalibratedModel Calibrated(Graph canonical, Target? target = null) => Calibrated(canonical, Calibrate(canonical).Values, target);

    private CalibratedModel Calibrated(Graph canonical, ImmutableArray<CalibratedValue> values, Target? target)
    {
        canonical = Prepared(canonical);
        if (options.Weights.NeedsStatistics && options.Calibration is null && options.CalibrationFile is { } file)
            throw new DiagnosticException(CalibrationDiagnostics.WeightsNeedData(file, options.Weights.ToString()));
        Func<Graph, Graph> finish = options.Separate || ArrivesQuantized(canonical) ? typed => typed : Fuse;
        return new(
            canonical, values, Weights(canonical, SamplesOf(OpenCalibration(canonical))),
            typed => Fit(options.RealPorts ? RealPorts.Open(finish(typed)) : finish(typed), target), options.Model, narrow: target is FpgaTarget);
    }

    // Several plans are quantized at a time: each run has a bag of its own.
    private Graph Fuse(Graph typed)
    {
        string? dump = pipeline?.DumpFolder is { } folder ? Path.Combine(folder, "quantized") : null;
        return usual.Value[1].Run(typed, new(options.Model, new DiagnosticBag()), new PipelineOptions(dump));
    }

    /// <summary>Moments of what some layers' weights are multiplied by, over the samples ranges are taken from.</summary>
    /// <param name="layers">Of <paramref name="canonical"/>.</param>
    public IReadOnlyDictionary<Node, LayerStatistics> Statistics(Graph canonical, IReadOnlyList<WeightedLayer> layers) => StatisticsCollector.Collect(
        canonical, layers, () => CalibrationSamples(canonical), SamplesOf(OpenCalibration(canonical)), (done, total) => progress.Report("looking at weights", done, total));

    private WeightQuantizer Weights(Graph canonical, int samples)
    {
        PrecisionAssignment precision = PrecisionAssignment.Of(options.Plan, canonical, new DiagnosticBag(), options.Model);
        return WeightQuantizer.Prepare(
            canonical, precision, options.Weights, () => CalibrationSamples(canonical), samples, (done, total) => progress.Report("looking at weights", done, total));
    }

    // A model that arrives quantized is not calibrated again; one that is so in part, only where it states nothing.
    private IReadOnlyCollection<string> Needed(Graph canonical) =>
        ArrivesQuantized(canonical) ? Quantizer.Unstated(canonical, options.Plan) : [.. GraphStatistics.Values(canonical)];

    private static bool ArrivesQuantized(Graph canonical) => canonical.Nodes.Any(States);

    private static bool States(Node node) => node.Op is FakeQuantize or QuantizeLinear or DequantizeLinear or SumFinisher;

    private void WarnOfNoise(Graph canonical, IReadOnlyCollection<string> needed, int samples)
    {
        if (needed.Count > 0)
            diagnostics.Add(ArrivesQuantized(canonical) ? QuantizeDiagnostics.PartlyOnNoise(options.Model, samples, needed) : QuantizeDiagnostics.CalibratedOnNoise(options.Model, samples));
    }

    private TestVector MakeVector(Graph canonical, ModelPlan reference)
    {
        progress.Report("computing test vectors", 0, 1);
        IReadOnlyDictionary<string, Tensor> sample = options.Plan.IsFloat && options.CalibrationFile is null
            ? CalibrationSamples(canonical).First()
            : Calibrate(canonical).Sample;
        ImmutableArray<Tensor> inputs =
            [.. reference.Inputs.Select(i => Boundary.ToGraph(sample[reference.Values[i].Name], reference.Values[i].Type))];
        return new(inputs, Check.ReferenceRunner.Run(reference, inputs.AsSpan()));
    }

    private ReportHeader Header(Target target) => new(
        Tool, Path.GetFileName(options.Model), Backends.Name(target), options.Plan.Summary, CalibrationNote, [.. diagnostics.Items],
        IsCalibrated ? calibration!.Values : []);

    private bool IsCalibrated => !options.Plan.IsFloat && calibration is { Values.IsEmpty: false };

    private string? CalibrationNote => !IsCalibrated
        ? null
        : $"{calibration!.Calibrator} over {calibration.Samples} samples of {calibration.Data ?? "seeded noise"}";

    private ImmutableSortedDictionary<string, string> Recorded => !IsCalibrated
        ? options.Recorded
        : options.Recorded.SetItems(new Dictionary<string, string>
        {
            ["calibration"] = calibration!.Data ?? "noise",
            ["calibrationSamples"] = calibration.Samples.ToString(CultureInfo.InvariantCulture),
            ["calibrator"] = calibration.Calibrator,
            ["clipOutliers"] = calibration.ClipOutliers ? "yes" : "no",
        });

    private string ModelHash => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(options.Model)));

    private Manifest Describe(ModelPlan plan, Target target, IEnumerable<EmittedFile> files) => new(
        Manifest.CurrentFormat,
        Tool,
        Backends.Name(target),
        target.Name,
        new(Path.GetFileName(options.Model), ModelHash),
        Recorded,
        [.. plan.Inputs.Select(i => Port(plan.Values[i]))],
        [.. plan.Outputs.Select(i => Port(plan.Values[i]))],
        [.. plan.Steps.Select(step => Layer(plan, step))],
        plan.ArenaBytes,
        plan.Weights.Bytes.Length,
        BundleWriter.Hashes(files.Where(file => file.Path != HtmlReport.PageName)).ToImmutableSortedDictionary(StringComparer.Ordinal))
    { Rounding = plan.Rounding.Text(), SharedWeightBytes = plan.SharedBytes, Tasks = plan.Tasks };

    private static ManifestPort Port(PlanValue value) => new(
        value.Name, value.Type.Element.Text(), [.. value.Type.Shape], value.Type.Quantization?.Scale, value.Type.Quantization?.Zero);

    private static ManifestLayer Layer(ModelPlan plan, PlanStep step)
    {
        PlanValue value = plan.Values[step.Result];
        return new(step.Index, step.Name, step.Kernel.Shape, value.Name, value.Type.Element.Text(), [.. value.Type.Shape], step.Origin.ToString(), step.Cost.Macs);
    }
}
