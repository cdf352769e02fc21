using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Import;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
using Edgec.Runtime.Kernels;

namespace Edgec.Compile;

/// <summary>Everything that decides what a model becomes. The same options give the same bytes.</summary>
/// <param name="Model">The ONNX file.</param>
/// <param name="Precision">Which layer computes with which numbers; null for w8a8.</param>
/// <param name="Calibration">The data ranges are taken from; null for seeded noise.</param>
/// <param name="Passes">Passes to run behind the usual ones, as on the command line.</param>
/// <param name="PassSettings">Options of the usual passes: <c>pass.option=value</c>.</param>
/// <param name="CalibrationSamples">At most so many samples are used.</param>
/// <param name="WeightSteps">How the integers of weights are chosen; null for the usual way.</param>
/// <param name="CalibrationFile">A file of ranges found before; <paramref name="Calibration"/> is then for <paramref name="WeightSteps"/> alone.</param>
public sealed record CompileOptions(
    string Model,
    ImportOptions Import,
    PrecisionPlan? Precision = null,
    string? Calibration = null,
    DataOptions? DataOptions = null,
    int CalibrationSamples = 256,
    QuantizeOptions? Quantize = null,
    string? TemplateFolder = null,
    long? Ram = null,
    string? Passes = null,
    ImmutableArray<string> PassSettings = default,
    WeightOptimization? WeightSteps = null,
    string? CalibrationFile = null)
{
    /// <summary>The rounding profile; null for the target's, or else the model's own.</summary>
    public RoundingProfile? Rounding { get; init; }

    /// <summary>Inputs and outputs are real numbers: their conversion is part of the model.</summary>
    public bool RealPorts { get; init; }

    /// <summary>The quantized graph keeps every layer of the float one, so that the two can be compared value by value: nothing is fused behind the quantizer.</summary>
    public bool Separate { get; init; }

    /// <summary>How the plan is written for its target.</summary>
    public BackendOptions Backend { get; init; } = BackendOptions.Usual;

    /// <summary>The precision asked for, or the usual one.</summary>
    public PrecisionPlan Plan => Precision ?? PrecisionPlan.W8A8;

    /// <summary>The steps asked for, or the usual ones: those for weights of 4 bits, where there is data.</summary>
    public WeightOptimization Weights =>
        WeightSteps ?? (Plan.HasNarrowWeights && (Calibration ?? CalibrationFile) is not null ? WeightOptimization.Usual : WeightOptimization.None);

    /// <summary>What the manifest records beside the calibration, by name; paths are left out.</summary>
    public ImmutableSortedDictionary<string, string> Recorded => new Dictionary<string, string>
    {
        ["precision"] = Plan == PrecisionPlan.Of(Plan.Default) ? Plan.Default.ToString() : Plan.ToString(),
        ["optimizeWeights"] = Weights.ToString(),
        ["io"] = RealPorts ? "real" : "integer",
        ["hlsDialect"] = Backend.Dialect.ToString().ToLowerInvariant(),
        ["singleFile"] = Backend.SingleFile ? "true" : "false",
        ["passes"] = Passes ?? "",
        ["settings"] = PassSettings.IsDefaultOrEmpty ? "" : string.Join(' ', PassSettings),
    }.ToImmutableSortedDictionary();
}
