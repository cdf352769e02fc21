using System.Globalization;
using System.Text.Json.Nodes;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime.Kernels;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary>The numbers of a quantized plan: what its integers mean and how each layer rounds. A layer is two lines, which fit 120 columns.</summary>
internal static class NumericTable
{
    private const int LongestName = 24;

    public static Table Of(ModelPlan plan)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("#", "layer", "scale, zero", "multiplier >> shift", "accumulator", "clamp");
        table.Columns[0].RightAligned();
        foreach (PlanStep step in plan.Steps)
        {
            (string multiplier, string shift) = Multipliers(step.Kernel);
            AccumulatorRange? range = step.Sums;
            table.AddRow([.. new[]
            {
                $"{step.Index}",
                $"{Short(step.Name)}\n{step.Kernel.Shape}{(KernelRounding.Of(step.Kernel) is { } profile ? ", " + profile.Text() : "")}",
                $"{string.Join("; ", step.Operands.Select(operand => Meaning(plan.Values[operand].Type)))}\n-> {Meaning(plan.Values[step.Result].Type)}",
                Curve(step.Kernel) ?? $"{multiplier}\n{shift}",
                range is { } r ? $"{r.Bits} of {r.Width} bits\n[{Grouped(r.Lowest)}, {Grouped(r.Highest)}]" : "",
                Clamp(step.Kernel) is var (lo, hi) ? $"[{lo}, {hi}]" : "",
            }.Select(Markup.Escape)]);
        }

        return table;
    }

    public static JsonObject ToJson(ModelPlan plan) => new()
    {
        ["name"] = plan.Name,
        ["rounding"] = plan.Rounding.Text(),
        ["layers"] = new JsonArray([.. plan.Steps.Select(step => (JsonNode)Layer(plan, step))]),
    };

    private static JsonObject Layer(ModelPlan plan, PlanStep step)
    {
        AccumulatorRange? range = step.Sums;
        (int[] multipliers, int[] shifts) = Scaling(step.Kernel);
        (int Lo, int Hi)? clamp = Clamp(step.Kernel);
        return new()
        {
            ["index"] = step.Index,
            ["name"] = step.Name,
            ["kernel"] = step.Kernel.Shape,
            ["origin"] = step.Origin.ToString(),
            ["inputs"] = new JsonArray([.. step.Operands.Select(operand => (JsonNode)Quantity(plan.Values[operand].Type))]),
            ["output"] = Quantity(plan.Values[step.Result].Type),
            ["rounding"] = KernelRounding.Of(step.Kernel)?.Text(),
            ["multipliers"] = Numbers(multipliers),
            ["shifts"] = Numbers(shifts),
            ["accumulatorBits"] = range?.Width,
            ["accumulatorNeeds"] = range?.Bits,
            ["accumulatorLowest"] = range?.Lowest,
            ["accumulatorHighest"] = range?.Highest,
            ["worstError"] = Worst(step.Kernel)?.Error,
            ["lo"] = clamp?.Lo,
            ["hi"] = clamp?.Hi,
        };
    }

    private static JsonObject Quantity(TensorType type) => new()
    {
        ["type"] = type.ToString(),
        ["scale"] = type.Quantization is { Axis: < 0 } q ? q.Scale : null,
        ["zero"] = type.Quantization is { Axis: < 0 } z ? z.Zero : null,
    };

    private static JsonArray? Numbers(int[] numbers) => numbers.Length == 0 ? null : new JsonArray([.. numbers.Select(number => (JsonNode)number)]);

    private static string Meaning(TensorType type) =>
        type.Quantization is { Axis: < 0 } q ? string.Create(CultureInfo.InvariantCulture, $"{q.Scale:g5}, {q.Zero}") : type.Element.ToString().ToLowerInvariant();

    private static (string Multiplier, string Shift) Multipliers(Kernel kernel)
    {
        (int[] m, int[] s) = Scaling(kernel);
        return m.Length == 0 ? ("", "") : (Range(m), $">> {Range(s)}{(m.Length > s.Length || s.Length == 1 ? "" : $", {m.Length} channels")}");
    }

    // Interpolated functions: how many entries, and the worst case over all inputs in steps of the result.
    private static string? Curve(Kernel kernel) => Worst(kernel) is var (entries, error)
        ? string.Create(CultureInfo.InvariantCulture, $"{entries} entries\nwithin {error:f2} steps")
        : null;

    private static (int Entries, double Error)? Worst(Kernel kernel) => kernel switch
    {
        MapKernel { Step: CurveStep s } => (s.Entries.Count, s.WorstError),
        MapKernel { Step: ReluDeltaStep s } => (s.Entries.Count, s.WorstError),
        _ => null,
    };

    private static string Range(int[] numbers) => numbers.Min() == numbers.Max() ? $"{numbers[0]}" : $"{numbers.Min()}..{numbers.Max()}";

    // Both factors of a sum, of tensors or of accumulators, share a shift.
    private static (int[] Multipliers, int[] Shifts) Scaling(Kernel kernel) => kernel switch
    {
        MapKernel { Step: AddStep s } => ([s.MultiplierA, s.MultiplierB], [s.Shift]),
        MapKernel { Step: MultiplyStep s } => ([s.Multiplier], [s.Shift]),
        MapKernel { Step: RescaleStep s } => Scaling(s.Finish),
        MapKernel { Step: ReluDeltaStep s } => ([s.Multiplier], [s.Shift]),
        BranchedKernel { Finish: var f } => ([.. f.Multipliers.Span<int>(), .. f.BranchMultipliers.Span<int>()], [.. f.Shifts.Span<byte>().ToArray().Select(s => (int)s)]),
        _ when KernelRounding.FinishOf(kernel) is IntegerFinish f => Scaling(f),
        _ => ([], []),
    };

    private static (int[] Multipliers, int[] Shifts) Scaling(IntegerFinish finish) =>
        (finish.Multipliers.Span<int>().ToArray(), [.. finish.Shifts.Span<byte>().ToArray().Select(s => (int)s)]);

    private static (int Lo, int Hi)? Clamp(Kernel kernel) => kernel switch
    {
        MapKernel { Step: AddStep s } => (s.Lo, s.Hi),
        MapKernel { Step: MultiplyStep s } => (s.Lo, s.Hi),
        MapKernel { Step: RescaleStep { Finish: var f } } => (f.Lo, f.Hi),
        MapKernel { Step: CurveStep s } => (s.Lo, s.Hi),
        MapKernel { Step: ReluDeltaStep s } => (s.Lo, s.Hi),
        MapKernel { Step: MaximumStep s } => (s.Lo, s.Hi),
        MapKernel { Step: MinimumStep s } => (s.Lo, s.Hi),
        _ => KernelRounding.FinishOf(kernel) switch
        {
            IntegerFinish f => (f.Lo, f.Hi),
            JoinedFinish f => (f.Lo, f.Hi),
            ClampFinish f => (f.Lo, f.Hi),
            _ => null,
        },
    };

    private static string Grouped(long number) => number.ToString("n0", CultureInfo.InvariantCulture);

    private static string Short(string name) => name.Length <= LongestName ? name : name[..(LongestName - 3)] + "...";
}
