using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Edgec.Bundle;

namespace Edgec.Emit.Report;

/// <summary>All facts of a report, as <c>report.json</c> holds them; the page shows these and no others.</summary>
/// <param name="Format">Version of the layout.</param>
/// <param name="Roofline">Null without an estimate or without multiply-accumulates.</param>
/// <param name="Resources">Null for anything but an FPGA with an estimate.</param>
internal sealed record ReportDocument(
    int Format,
    string Tool,
    string Model,
    string Backend,
    string Precision,
    string? Calibration,
    ReportTarget Target,
    ReportTotals Totals,
    ImmutableArray<ReportLayer> Layers,
    ImmutableArray<ReportBlock> Arena,
    ReportRoofline? Roofline,
    ReportResources? Resources,
    ImmutableArray<ManifestPort> Inputs,
    ImmutableArray<ManifestPort> Outputs,
    ImmutableArray<ReportRange> Ranges,
    ImmutableArray<ReportRemark> Diagnostics)
{
    public const int CurrentFormat = 1;

    /// <summary>The weights that mixtures of experts read.</summary>
    public ImmutableArray<ReportExperts> Experts { get; init; } = [];

    /// <summary>What attention loads on an FPGA.</summary>
    public ImmutableArray<ReportAttention> Attention { get; init; } = [];

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ReportJson.Default.ReportDocument);

    /// <exception cref="JsonException">The bytes are no report, or one of another version.</exception>
    public static ReportDocument FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ReportJson.Default.ReportDocument) is { Format: CurrentFormat } whole
        && (whole.Roofline is not { } roofline || roofline.Points.All(point => point.Layer >= 0 && point.Layer < whole.Layers.Length))
            ? whole
            : throw new JsonException($"this is no report of format {CurrentFormat}");
}

/// <param name="Kind"><c>cpu</c>, <c>fpga</c> or <c>dotnet</c>.</param>
/// <param name="BytesPerSecond">Sustained rate of external memory.</param>
internal sealed record ReportTarget(string Name, string Description, string Kind, double? ClockMHz, double BytesPerSecond);

/// <param name="ArenaLowerBound">The most bytes that live at one time.</param>
/// <param name="SharedWeightBytes">What storing once saves, of constants that several layers share.</param>
internal sealed record ReportTotals(
    int Layers, long Macs, long WeightBytes, long ArenaBytes, long ArenaLowerBound,
    double? Cycles, double? Milliseconds, double? FramesPerSecond, long? DramBytes, long SharedWeightBytes);

/// <param name="Kernel">In two words: <c>conv 3x3/2</c>.</param>
/// <param name="Detail">The kernel with all its numbers.</param>
/// <param name="Estimate">Null where there is no cost model.</param>
internal sealed record ReportLayer(
    int Index, string Name, KernelFamily Family, string Kernel, string Detail, string Value, string Element,
    ImmutableArray<int> Shape, ImmutableArray<string> Origin, long Macs, long ReadBytes, long WriteBytes, long WeightBytes,
    ReportLayerEstimate? Estimate);

/// <param name="TimeShare">Of the cycles of all layers, 0 to 1.</param>
internal sealed record ReportLayerEstimate(
    double Cycles, double ComputeCycles, double MemoryCycles, double TimeShare, long DramBytes, bool MemoryBound);

/// <summary>A block of the arena from the step that writes it to the last that reads it.</summary>
/// <param name="Views">Other values in the same bytes.</param>
internal sealed record ReportBlock(
    string Value, string Type, long Offset, long Bytes, int FirstStep, int LastStep, KernelFamily Family, ImmutableArray<string> Views);

/// <param name="Ceilings">Most multiply-accumulates a second, by what bounds them.</param>
internal sealed record ReportRoofline(
    double BytesPerSecond, ImmutableArray<ReportCeiling> Ceilings, ImmutableArray<ReportPoint> Points);

internal sealed record ReportCeiling(string Name, double MacsPerSecond);

/// <param name="MacsPerByte">Operational intensity: every activation and constant of the layer counted once.</param>
internal sealed record ReportPoint(int Layer, double MacsPerByte, double MacsPerSecond);

/// <param name="Excess">The first resource of which there is too little, in words; null if all fits.</param>
internal sealed record ReportResources(bool Fits, string? Excess, ImmutableArray<ReportResource> Kinds);

/// <param name="Usable">What of them placement can still use.</param>
internal sealed record ReportResource(string Name, int Used, int Available, int Usable);

/// <summary>Weights that the rows of a layer of a mixture of experts read in an inference: bytes, see <see cref="Plan.ExpertTraffic"/>.</summary>
internal sealed record ReportExperts(int Layer, int Rows, int Choices, int Experts, long ExpertBytes, long RowByRow, double Expected, long Most);

/// <summary>What a layer of attention loads, see <see cref="Plan.Hls.AttentionTraffic"/>.</summary>
/// <param name="UnorderedTokens">Queries and keys loaded if each query met all keys by itself.</param>
/// <param name="Planned">As it is planned.</param>
/// <param name="Orders">Streamed, with other numbers of queries in flight.</param>
internal sealed record ReportAttention(
    int Layer, int Heads, int Queries, int Keys, int Inner, int Width, long UnorderedTokens, long UnorderedBytes, ReportOrder Planned, ImmutableArray<ReportOrder> Orders);

/// <param name="Parallel">Queries in flight.</param>
/// <param name="Tokens">Queries and keys that are streamed.</param>
/// <param name="Values">Values that are.</param>
/// <param name="Bytes">To and from memory.</param>
/// <param name="OnChipBytes">That hold operands and what becomes of them.</param>
/// <param name="LowerBoundBytes">The least traffic with as much on chip.</param>
internal sealed record ReportOrder(int Parallel, bool Resident, long Tokens, long Values, long Bytes, long OnChipBytes, double LowerBoundBytes);

/// <summary>A diagnostic.</summary>
internal sealed record ReportRemark(string Severity, string Code, string Location, string Message);

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class ReportJson : JsonSerializerContext;
