using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Quantize.Calibration;

namespace Edgec.Emit.Report;

/// <summary>What a report says beyond the plan.</summary>
/// <param name="Tool">The compiler's name and version.</param>
/// <param name="ModelName">As the user knows the model; any text.</param>
/// <param name="Backend"><c>c</c>, <c>hls</c> or <c>csharp</c>.</param>
/// <param name="Precision">As on the command line: <c>fp32</c>, <c>w8a8</c>.</param>
/// <param name="Calibration">Where the ranges come from, in a few words; null where nothing was calibrated.</param>
/// <param name="Diagnostics">What the compiler had to say, in its order.</param>
/// <param name="Ranges">What calibration found, if there was any.</param>
public sealed record ReportHeader(
    string Tool, string ModelName, string Backend, string Precision, string? Calibration, IReadOnlyList<Diagnostic> Diagnostics,
    ImmutableArray<CalibratedValue> Ranges = default);
