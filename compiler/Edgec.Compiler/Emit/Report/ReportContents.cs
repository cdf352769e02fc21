using System.Collections.Immutable;
using Edgec.Bundle;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Targets;

namespace Edgec.Emit.Report;

/// <summary>Collects a report's facts from a plan and its estimate.</summary>
internal static class ReportContents
{
    public static ReportDocument Of(ModelPlan plan, Target target, Estimate? estimate, ReportHeader header, double? peakMacsPerCycle)
    {
        ImmutableArray<ReportBlock> arena = [.. plan.Values.Where(IsBlock).Select(value => Block(plan, value))];
        double cycles = estimate?.Cycles ?? 0;
        return new(
            ReportDocument.CurrentFormat,
            header.Tool,
            header.ModelName,
            header.Backend,
            header.Precision,
            header.Calibration,
            Target(target),
            Totals(plan, estimate),
            [.. plan.Steps.Select((step, i) => Layer(plan, step, estimate?.Steps[i], cycles))],
            arena,
            estimate is null ? null : Roofline(plan, target, estimate, peakMacsPerCycle),
            target is FpgaTarget fpga && estimate?.Resources is { } used ? Resources(used, fpga) : null,
            [.. plan.Inputs.Select(i => Port(plan.Values[i]))],
            [.. plan.Outputs.Select(i => Port(plan.Values[i]))],
            header.Ranges.IsDefault ? [] : [.. header.Ranges.Select(ReportRange.Of)],
            [.. header.Diagnostics.Select(d => new ReportRemark(Word(d.Severity), d.Code, WithoutFolder(d.Location), d.Message))])
        {
            Experts = [.. ExpertTraffic.Of(plan).Select(t => new ReportExperts(t.Step.Index, t.Rows, t.Choices, t.Experts, t.ExpertBytes, t.RowByRow, t.Expected, t.Most))],
            Attention = [.. (estimate?.Steps ?? []).Where(step => step.Attention is not null).Select(step => Attention(step.Step.Index, step.Attention!))],
        };
    }

    private static ReportAttention Attention(int layer, AttentionTraffic t) => new(
        layer, t.Geometry.Batch, t.Geometry.Rows, t.Geometry.Columns, t.Geometry.Inner, t.Geometry.Width, t.UnorderedTokens, t.UnorderedBytes, Order(t),
        [.. AttentionTraffic.Shown.Select(parallel => Order(t.At(parallel)))]);

    private static ReportOrder Order(AttentionTraffic t) => new(
        t.Schedule.Parallel, t.Resident, t.StreamedTokens, t.ValueLoads, t.PlannedBytes, t.OnChip, t.LowerBoundBytes);

    private static ReportTarget Target(Target target)
    {
        (string kind, double? clock) = target switch
        {
            FpgaTarget fpga => ("fpga", fpga.ClockMHz),
            CpuTarget cpu => ("cpu", cpu.ClockMHz),
            _ => ("dotnet", (double?)null),
        };
        return new(target.Name, target.Description, kind, clock, target.Memory.Sustained);
    }

    private static ReportTotals Totals(ModelPlan plan, Estimate? estimate)
    {
        var blocks = plan.Values.Where(IsBlock).Select(v => new ArenaBlock(v.Index, v.Bytes, v.FirstStep, v.LastStep)).ToList();
        double? time = estimate is { Cycles: > 0 } ? estimate.Milliseconds : null;
        return new(
            plan.Steps.Length, plan.TotalCost.Macs, plan.Weights.Bytes.Length, plan.ArenaBytes, ArenaLayout.Of(blocks, 1).LowerBound,
            estimate?.Cycles, time, 1000 / time, estimate?.DramBytes, plan.SharedBytes);
    }

    private static ReportLayer Layer(ModelPlan plan, PlanStep step, StepEstimate? estimate, double cycles)
    {
        PlanValue result = plan.Values[step.Result];
        return new(
            step.Index, step.Name, KernelWords.Family(step.Kernel), KernelWords.Of(step.Kernel), string.Join(' ', new[] { PlanPrinter.Describe(step.Kernel), estimate?.Note, estimate?.Loads }.OfType<string>()),
            result.Name, result.Type.Element.Text(), [.. result.Type.Shape], step.Origin.Nodes,
            step.Cost.Macs, step.Cost.ReadBytes, step.Cost.WriteBytes, step.Cost.WeightBytes,
            estimate is null ? null : new(
                estimate.Cycles, estimate.ComputeCycles, estimate.MemoryCycles, cycles > 0 ? estimate.Cycles / cycles : 0,
                estimate.DramBytes, estimate.IsMemoryBound));
    }

    private static bool IsBlock(PlanValue value) => value.Place == Place.Arena && value.Root == value.Index;

    private static ReportBlock Block(ModelPlan plan, PlanValue value) => new(
        value.Name, value.Type.ToString(), value.Offset, value.Bytes, value.FirstStep, value.LastStep,
        KernelWords.Family(plan.Steps.First(step => step.Result == value.Index).Kernel),
        [.. plan.Values.Where(v => v.Root == value.Index && v.Index != value.Index).Select(v => v.Name)]);

    private static ReportRoofline? Roofline(ModelPlan plan, Target target, Estimate estimate, double? peakMacsPerCycle)
    {
        double clock = estimate.ClockMHz * 1e6;
        ImmutableArray<StepEstimate> computing = [.. estimate.Steps.Where(s => s.Step.Cost.Macs > 0 && s.Cycles > 0)];
        if (computing.IsEmpty)
            return null;
        return new(
            target.Memory.Sustained,
            [.. Ceilings(plan, target, computing, peakMacsPerCycle).Select(c => c with { MacsPerSecond = c.MacsPerSecond * clock })],
            [.. computing.Select(s => new ReportPoint(s.Step.Index, s.Step.Cost.Macs / (double)Bytes(s.Step.Cost), s.Step.Cost.Macs * clock / s.Cycles))]);
    }

    // At one cycle a second.
    private static IEnumerable<ReportCeiling> Ceilings(ModelPlan plan, Target target, ImmutableArray<StepEstimate> computing, double? peak)
    {
        if (peak is { } given)
            return [new("design peak", given)];
        return target switch
        {
            FpgaTarget fpga => [new("one MAC a cycle in every DSP", fpga.Dsp)],
            CpuTarget cpu => computing.Select(s => plan.Values[s.Step.Result].Type.Element).Distinct().Order().Select(element => element switch
            {
                ElementType.F32 => new ReportCeiling("fp32 peak, one core", cpu.Fp32MacsPerCycle),
                ElementType.I16 => new("int16 peak, one core", cpu.Int16MacsPerCycle),
                _ => new("int8 peak, one core", cpu.Int8MacsPerCycle),
            }).Distinct(),
            _ => [],
        };
    }

    private static long Bytes(StepCost cost) => Math.Max(1, cost.ReadBytes + cost.WriteBytes + cost.WeightBytes);

    private static ReportResources Resources(ResourceEstimate used, FpgaTarget target) => new(
        used.Fits(target),
        used.Excess(target),
        [
            new("DSP", used.Dsp, target.Dsp, target.Dsp),
            new("BRAM36", used.Bram36, target.Bram36, target.Bram36),
            new("URAM", used.Uram, target.Uram, target.Uram),
            new("LUT", used.Lut, target.Lut, (int)(target.Lut * ResourceEstimate.UsableLogic)),
            new("FF", used.Ff, target.Ff, (int)(target.Ff * ResourceEstimate.UsableLogic)),
        ]);

    private static ManifestPort Port(PlanValue value)
    {
        Quantization? q = value.Type.Quantization is { Axis: < 0 } perTensor ? perTensor : null;
        return new(value.Name, value.Type.Element.Text(), [.. value.Type.Shape], q?.Scale, q?.Zero);
    }

    // /home/me/model.onnx(a/b -> c) => model.onnx(a/b -> c): a report tells nothing of the machine.
    private static string WithoutFolder(string location)
    {
        int node = location.IndexOf('(', StringComparison.Ordinal);
        string file = node < 0 ? location : location[..node];
        return location[(file.LastIndexOfAny(['/', '\\']) + 1)..];
    }

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();
}
