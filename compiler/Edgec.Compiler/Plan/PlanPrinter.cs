using System.Globalization;
using System.Text;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan;

/// <summary>A plan as text: one value or step a line, every decision in it.</summary>
public static class PlanPrinter
{
    public static string Print(ModelPlan plan)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"plan {plan.Name} lanes={plan.Lanes} arena={plan.ArenaBytes} weights={plan.Weights.Bytes.Length}{(plan.Rounding == RoundingProfile.Single ? "" : $" rounding={plan.Rounding.Text()}")}{(plan.ByTask ? $" tasks={plan.Tasks}" : "")}\n");
        foreach (PlanValue v in plan.Values)
        {
            text.Append(CultureInfo.InvariantCulture, $"  value {v.Index} %{v.Name} : {v.Type} {Where(v)}");
            if (v.Root != v.Index)
                text.Append(CultureInfo.InvariantCulture, $" view-of={v.Root}");
            text.Append(CultureInfo.InvariantCulture, $" live={v.FirstStep}..{v.LastStep}\n");
        }

        foreach (PlanStep s in plan.Steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"  step {s.Index} {s.Name} {Describe(s.Kernel)} ({string.Join(',', s.Operands)}) -> {s.Result}");
            foreach (PlanConstant c in s.Constants)
                text.Append(CultureInfo.InvariantCulture, $" {c.Role}@{c.Offset}");
            if (s.Sums is { } range)
                text.Append(CultureInfo.InvariantCulture, $" acc={range.Bits}b of {range.Width}");
            if (plan.ByTask)
                text.Append($" for={string.Join(',', Enumerable.Range(0, plan.Tasks).Where(task => (s.Tasks >> task & 1) != 0))}");
            text.Append(CultureInfo.InvariantCulture, $" macs={s.Cost.Macs} ; {s.Origin}\n");
        }

        foreach (BandChain chain in plan.Bands)
            text.Append(CultureInfo.InvariantCulture, $"  bands {chain.First}..{chain.Last} rows={chain.Rows} of {chain.AllRows} holding {string.Join(',', chain.Layers.SkipLast(1).Select(layer => $"{layer.Rows}/{layer.Reach.Rows}"))}\n");
        return text.ToString();
    }

    /// <summary>A kernel's shape and numbers on one line.</summary>
    public static string Describe(Kernel kernel) => kernel switch
    {
        WindowKernel { Geometry: var g } k => $"window.{Word(k.Mode)} {Window(g)} g={g.Groups}{Weights(k.Weights, k.Groups)} {Describe(k.Finish)}",
        BranchedKernel { Geometry: var g } k => $"branched {Window(g)}{Weights(k.Weights, null)} rank={k.Rank} {Describe(k.Finish)}",
        MatmulKernel { Geometry: var g } k =>
            $"matmul {g.Batch}x[{g.Rows},{g.Inner}]x[{g.Columns}]{(k.Weights is null ? " dynamic" : Weights(k.Weights, k.Groups))} {Describe(k.Finish)}",
        ExpertMatmulKernel { Geometry: var g } k =>
            $"expert-matmul{(g.ByExpert ? ".queued" : "")} [{g.Rows},{(g.RowPerChoice ? $"{g.Choices}," : "")}{g.Inner}]x[{g.Experts},{g.Columns}] k={g.Choices}{Weights(k.Weights, k.Groups)} {Describe(k.Finish)}",
        MapKernel k => $"map.{k.Step.GetType().Name} [{string.Join(',', k.Geometry.Extents)}]",
        TableKernel k => $"table {k.Count}",
        ReduceKernel { Geometry: var g } k => $"reduce.{Word(k.Mode)} [{g.Outer},{g.Length},{g.Inner}] {Describe(k.Finish)}",
        RowNormKernel { Geometry: var g } k => $"row-norm.{k.Step.GetType().Name} [{g.Outer},{g.Length},{g.Inner}]",
        AttentionKernel { Geometry: var g } k => $"attention [{g.Batch},{g.Rows},{g.Columns},{g.Inner},{g.Width}]{(k.Bias is null ? "" : " biased")}",
        GroupNormKernel { Geometry: var g } k => $"group-norm.{k.Step.GetType().Name} [{g.Outer},{g.Length},{g.Groups},{g.Channels}]",
        DeformKernel { Geometry: var g, Sampling: var s } k =>
            $"deform{(s.Square ? ".square" : "")} [{g.Batch},{g.Height},{g.Width},{g.Channels}]->[{g.OutHeight},{g.OutWidth},{g.OutChannels}] k={g.KernelHeight}x{g.KernelWidth} s={g.StrideY}x{g.StrideX} "
            + $"d={g.DilationY}x{g.DilationX} p={g.PadTop},{g.PadLeft} g={g.Groups} og={s.OffsetGroups} f={s.Fraction} {s.Lo}..{s.Hi}{(k.Masked ? " masked" : "")}{Weights(k.Weights, null)} {Describe(k.Finish)}",
        ResampleKernel { Geometry: var g } k => $"resample [{g.Outer},{g.Height},{g.Width},{g.Inner}]->[{g.OutHeight},{g.OutWidth}] taps={g.RowTaps}x{g.ColumnTaps} {Describe(k.Finish)}",
        MoveKernel k => $"move {k.Count}x{k.ElementSize} in {k.Copies.Length}{(k.Fill is null ? "" : " fill")}",
        GatherKernel { Geometry: var g } k => $"gather {Indexed(g)}x{k.ElementSize}",
        ScatterKernel { Geometry: var g } k => $"scatter {Indexed(g)}x{k.ElementSize}",
        SelectKernel { Geometry: var g } k => $"select.{(k.Greatest ? "greatest" : "least")} {k.Count} of [{g.Outer},{g.Length},{g.Inner}]",
        ConvertKernel k => $"convert.{Word(k.Conversion)} {k.Count}",
        _ => kernel.Shape,
    };

    private static string Window(in WindowGeometry g) =>
        $"[{g.Batch},{g.Height},{g.Width},{g.Channels}]->[{g.OutHeight},{g.OutWidth},{g.OutChannels}] "
        + $"k={g.KernelHeight}x{g.KernelWidth} s={g.StrideY}x{g.StrideX} d={g.DilationY}x{g.DilationX} p={g.PadTop},{g.PadLeft}";

    private static string Indexed(GatherGeometry g) => $"[{g.Outer},({string.Join(',', g.Extents)}),{g.Inner}] at [{g.Outer},{g.Count},{g.Inner}]";

    // Weights of 8 bits or float go without saying.
    private static string Weights(Tensor? weights, WeightGroups? groups) =>
        weights?.Element != ElementType.I4 ? "" : groups is null ? " w=i4" : $" w=i4/{groups.Size}";

    private static string Describe(Finish finish) => finish switch
    {
        ThresholdFinish f => $"thresholds[{f.Thresholds.Shape[0]},{f.Thresholds.Shape[1]}]",
        IntegerFinish f => $"requantize[{f.Multipliers.Count}] {f.Lo}..{f.Hi}",
        JoinedFinish f => $"join[{f.Multipliers.Count}] {f.Lo}..{f.Hi}",
        IndexFinish => "index",
        ClampFinish f => $"clamp {f.Lo}..{f.Hi}",
        FloatFinish { Clamps: true } f => $"clamp {f.Lo}..{f.Hi}",
        _ => "float",
    };

    private static string Where(PlanValue v) => v.Place switch
    {
        Place.Input => $"input[{v.Port}]",
        Place.Output => $"output[{v.Port}]",
        Place.Arena => $"arena@{v.Offset}+{v.Bytes}",
        _ => $"weights@{v.Offset}+{v.Bytes}",
    };

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
