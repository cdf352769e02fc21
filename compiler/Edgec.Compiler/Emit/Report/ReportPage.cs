using System.Collections.Immutable;
using System.Globalization;
using Edgec.Bundle;

namespace Edgec.Emit.Report;

/// <summary>What the page's template sees: every string is escaped and formatted already.</summary>
/// <param name="Style">The style sheet that all pages share.</param>
/// <param name="Verdict">Whether it fits and how fast it is, in a sentence.</param>
/// <param name="Fits">Null where nothing can be said of it.</param>
/// <param name="Verified">Null before anybody verified the bundle.</param>
/// <param name="MemoryMap">An SVG element; empty if the model needs no arena.</param>
/// <param name="Roofline">An SVG element; empty without an estimate.</param>
/// <param name="ArenaFamilies">The kinds of kernel in the memory map, for its legend.</param>
/// <param name="RoofFamilies">The same for the roofline.</param>
internal sealed record ReportPage(
    string Style,
    string Tool,
    string Model,
    string Verdict,
    bool? Fits,
    bool HasEstimate,
    PageVerdict? Verified,
    ImmutableArray<PageFact> Facts,
    ImmutableArray<PageAccuracy> Accuracy,
    ImmutableArray<PageRow> Rows,
    PageTotals Totals,
    string MemoryMap,
    string Roofline,
    ImmutableArray<PageFamily> ArenaFamilies,
    ImmutableArray<PageFamily> RoofFamilies,
    ImmutableArray<PageResource> Resources,
    ImmutableArray<PageExperts> Experts,
    ImmutableArray<PageAttention> Attention,
    ImmutableArray<PagePort> Ports,
    ImmutableArray<PageRange> Ranges,
    ImmutableArray<PageRemark> Remarks)
{
    public static ReportPage Of(ReportDocument d, ReportFindings findings, string style) => new(
        style,
        Html.Escape(d.Tool),
        Html.Escape(d.Model),
        Html.Escape(Sentence(d)),
        d.Resources?.Fits,
        d.Totals.Cycles is not null,
        findings.Verification is { } found ? VerdictOf(found) : null,
        [.. FactsOf(d)],
        [.. findings.Accuracy.Results.Select(AccuracyOf)],
        [.. d.Layers.Select(layer => Row(layer, d, findings.Verification?.Layers.FirstOrDefault(verdict => verdict.Index == layer.Index)))],
        new(
            Mega(d.Totals.Macs), Kib(d.Layers.Sum(l => l.WeightBytes)),
            d.Totals.Cycles is { } cycles ? Quantity.Count(cycles) : "", d.Totals.DramBytes is { } dram ? Kib(dram) : ""),
        d.Arena.IsEmpty ? "" : MemoryMapDrawing.Draw(d.Arena, d.Totals),
        d.Roofline is { } roofline ? RooflineDrawing.Draw(roofline, d.Layers) : "",
        Legend(d.Arena.Select(b => b.Family)),
        Legend((d.Roofline?.Points ?? []).Select(p => d.Layers[p.Layer].Family)),
        [.. (d.Resources?.Kinds ?? []).Where(r => r.Used > 0 || r.Available > 0).Select(Resource)],
        d.Experts.IsDefault ? [] : [.. d.Experts.Where(e => e.Layer < d.Layers.Length).Select(e => ExpertsOf(e, d.Layers[e.Layer]))],
        d.Attention.IsDefault ? [] : [.. d.Attention.Where(a => a.Layer < d.Layers.Length).Select(a => AttentionOf(a, d.Layers[a.Layer]))],
        [.. d.Inputs.Select(p => Port("input", p)), .. d.Outputs.Select(p => Port("output", p))],
        d.Ranges.IsDefault ? [] : [.. d.Ranges.Select(PageRange.Of)],
        [.. d.Diagnostics.Select(r => new PageRemark(Html.Escape(r.Severity), Html.Escape(r.Code), Html.Escape(r.Location), Html.Escape(r.Message, 2000)))]);

    private static ImmutableArray<PageFamily> Legend(IEnumerable<KernelFamily> families) =>
        [.. families.Distinct().Order().Select(f => new PageFamily(Class(f), Word(f)))];

    private static string Sentence(ReportDocument d)
    {
        string room = d.Resources is { Excess: { } excess } ? $"Takes {excess}. " : "";
        return d.Totals is { Milliseconds: { } ms, FramesPerSecond: { } rate }
            ? $"{room}Estimated {Quantity.Short(ms)} ms an inference, {Quantity.Short(rate)} a second, at {Quantity.Short(d.Target.ClockMHz ?? 0)} MHz."
            : $"{room}No estimate of time for this target.";
    }

    private static IEnumerable<PageFact> FactsOf(ReportDocument d)
    {
        ReportTotals t = d.Totals;
        yield return Fact("target", d.Target.Name, d.Target.Description);
        yield return Fact("precision", d.Precision, d.Calibration is null ? "not calibrated" : $"calibrated on {d.Calibration}");
        yield return Fact("layers", Quantity.Count(t.Layers), $"{d.Backend} backend");
        yield return Fact("multiply-accumulates", $"{Quantity.Short(t.Macs / 1e6)} M", "an inference");
        yield return Fact("weights", Quantity.Bytes(t.WeightBytes), t.SharedWeightBytes == 0 ? "all constants of the model" : $"all constants; {Quantity.Bytes(t.SharedWeightBytes)} less than without sharing");
        string bound = t.ArenaBytes == 0 ? "no buffers needed"
            : t.ArenaLowerBound == t.ArenaBytes ? "the least possible"
            : $"+{Quantity.Percent((t.ArenaBytes - t.ArenaLowerBound) / (double)t.ArenaLowerBound)} % over the lower bound, {Quantity.Bytes(t.ArenaLowerBound)}";
        yield return Fact("arena", Quantity.Bytes(t.ArenaBytes), bound);
        if (t is { Milliseconds: { } ms, FramesPerSecond: { } rate })
            yield return Fact("estimated time", $"{Quantity.Short(ms)} ms", $"{Quantity.Short(rate)} inferences a second");
        if (t.DramBytes is { } dram)
            yield return Fact("memory traffic", Quantity.Bytes(dram), dram == 0 ? "everything stays in the cache" : $"an inference, at {Quantity.Decimal(d.Target.BytesPerSecond, "B/s")}");
    }

    private static PageFact Fact(string name, string value, string note) => new(name, Html.Escape(value), Html.Escape(note));

    private static PageVerdict VerdictOf(Verification found)
    {
        int single = found.Layers.Count(layer => layer.IsFloat), exact = found.Layers.Length - single;
        string inputs = $"on {found.Samples} inputs";
        string sentence = found.FirstDifference is { } first ? $"First in layer {first}."
            : single == 0 ? $"All {exact} layers equal the reference, bit for bit, {inputs}."
            : $"{exact} integer layers equal the reference, bit for bit, and {single} float layers stay within their bound, {inputs}.";
        string changed = found.ChangedFiles.IsEmpty ? "" : $" Not as edgec wrote them: {string.Join(", ", found.ChangedFiles.Take(8))}.";
        return new(found.Equal, Html.Escape(sentence + changed, 600));
    }

    private static PageAccuracy AccuracyOf(Accuracy a)
    {
        bool share = a.Metric == "top1";
        string Figure(double? value) => value switch
        {
            null => "",
            { } v when share => $"{Quantity.Fixed(100 * v, 2)} %",
            { } v => Quantity.Fixed(v, 3),
        };
        return new(
            Html.Escape(a.Metric), Html.Escape(a.Output), Html.Escape(a.Data), Quantity.Count(a.Count), Figure(a.Float), Figure(a.Quantized),
            a.Agreement is { } agreement ? $"{Quantity.Fixed(100 * agreement, 2)} %" : "");
    }

    private static PageRow Row(ReportLayer layer, ReportDocument document, LayerVerdict? verdict)
    {
        double most = document.Layers.Max(l => l.Estimate?.TimeShare ?? 0);
        string origin = string.Join(" + ", layer.Origin.Take(8)) + (layer.Origin.Length > 8 ? $" + {layer.Origin.Length - 8} more" : "");
        ReportLayerEstimate? e = layer.Estimate;
        return new(
            layer.Index, Html.EscapeShort(layer.Name, 32), Html.EscapeShort(origin, 40), Html.Escape($"{layer.Name} from {origin}", 400), Html.Escape(layer.Kernel), Html.Escape(layer.Detail, 400), Class(layer.Family),
            Html.Escape($"{layer.Element}[{string.Join(',', layer.Shape)}]"), layer.Macs == 0 ? "" : Mega(layer.Macs),
            layer.WeightBytes == 0 ? "" : Kib(layer.WeightBytes),
            e is null ? "" : Quantity.Count(e.Cycles),
            Quantity.Percent(e?.TimeShare ?? 0), Quantity.Percent(most > 0 ? (e?.TimeShare ?? 0) / most : 0),
            e is null or { DramBytes: 0 } ? "" : Kib(e.DramBytes),
            e is null or { Cycles: 0 } ? "" : e.MemoryBound ? "memory" : "compute",
            verdict is null ? "" : !verdict.Passed ? $"{Quantity.Count(verdict.Differing)} differ" : verdict.IsFloat ? "within bound" : "equal",
            verdict is { Passed: false });
    }

    private static PageExperts ExpertsOf(ReportExperts e, ReportLayer layer) => new(
        Html.EscapeShort(layer.Name, 32), Quantity.Count(e.Rows), $"{e.Choices} of {e.Experts}", Kib(e.ExpertBytes), Kib(e.RowByRow), Kib(e.Expected), Kib(e.Most));

    private static PageAttention AttentionOf(ReportAttention a, ReportLayer layer) => new(
        Html.EscapeShort(layer.Name, 32), $"{a.Heads} × {a.Queries} × {a.Keys}", $"{a.Inner}, {a.Width}", Quantity.Count(a.UnorderedTokens),
        [.. a.Orders.Select(o => new PageOrder(Quantity.Count(o.Parallel), Quantity.Count(o.Tokens), Kib(o.Bytes), Kib(o.LowerBoundBytes)))],
        $"{a.Planned.Parallel}, {(a.Planned.Resident ? "resident" : "streamed")}", Kib(a.UnorderedBytes), Kib(a.Planned.Bytes), Kib(a.Planned.OnChipBytes), Kib(a.Planned.LowerBoundBytes));

    private static PageResource Resource(ReportResource r)
    {
        double share = r.Available == 0 ? 1 : r.Used / (double)r.Available;
        return new(r.Name, Quantity.Count(r.Used), Quantity.Count(r.Available), Quantity.Count(r.Usable), r.Available == 0 ? "" : Quantity.Percent(share), Quantity.Percent(Math.Min(1, share)), r.Used > r.Usable);
    }

    private static PagePort Port(string direction, ManifestPort port) => new(
        direction, Html.Escape(port.Name), Html.Escape($"{port.Element}[{string.Join(',', port.Shape)}]"),
        port.Scale is { } scale ? scale.ToString("g9", CultureInfo.InvariantCulture) : "",
        port.Zero is { } zero ? zero.ToString(CultureInfo.InvariantCulture) : "");

    private static string Mega(long macs) => Quantity.Fixed(macs / 1e6, 3);

    private static string Kib(double bytes) => Quantity.Fixed(bytes / 1024.0, 1);

    private static string Class(KernelFamily family) => $"k-{family.ToString().ToLowerInvariant()}";

    private static string Word(KernelFamily family) => family switch
    {
        KernelFamily.Convolution => "convolution",
        KernelFamily.Matmul => "matrix product",
        KernelFamily.Pool => "pool, reduce",
        KernelFamily.Elementwise => "element by element",
        KernelFamily.Normalize => "softmax, norm",
        _ => "move",
    };
}

internal sealed record PageVerdict(bool Equal, string Sentence);

internal sealed record PageAccuracy(string Metric, string Output, string Data, string Count, string Real, string Compiled, string Agreement);

internal sealed record PageFact(string Name, string Value, string Note);

/// <param name="Share">Percent of the time.</param>
/// <param name="Bar">Percent of the slowest layer's time.</param>
internal sealed record PageRow(
    int Index, string Name, string Origin, string Tip, string Kernel, string Detail, string Family, string Shape, string Macs,
    string Weights, string Cycles, string Share, string Bar, string Dram, string Bound, string Verdict, bool Differs);

internal sealed record PageTotals(string Macs, string Weights, string Cycles, string Dram);

internal sealed record PageFamily(string Family, string Name);

internal sealed record PageResource(string Name, string Used, string Available, string Usable, string Share, string Bar, bool Over);

/// <summary>The bytes of weights that a layer of a mixture of experts reads, in KiB.</summary>
internal sealed record PageExperts(string Layer, string Rows, string Choices, string Expert, string RowByRow, string Expected, string Most);

/// <summary>What a layer of attention loads: tokens, and KiB of memory traffic.</summary>
/// <param name="Orders">Streamed, by queries in flight.</param>
internal sealed record PageAttention(
    string Layer, string Tokens, string Widths, string Unordered, ImmutableArray<PageOrder> Orders, string Planned, string UnorderedKib, string PlannedKib, string OnChip, string Bound);

internal sealed record PageOrder(string Parallel, string Tokens, string Kib, string Bound);

internal sealed record PagePort(string Direction, string Name, string Type, string Scale, string Zero);

internal sealed record PageRemark(string Severity, string Code, string Location, string Message);
