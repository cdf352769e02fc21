using Edgec.Kernels;
using Edgec.Plan;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary>The numbers of a quantized plan, a layer a row.</summary>
internal static class NumericTable
{
    public static Table Of(ModelPlan plan)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("#", "layer", "kernel", "input scale, zero", "output scale, zero", "multiplier >> shift", "accumulator", "clamp");
        foreach (PlanStep step in plan.Steps)
        {
            AccumulatorRange? range = AccumulatorRange.Of(step.Kernel);
            table.AddRow([.. new[]
            {
                step.Index.ToString(), step.Name, step.Kernel.Shape, Scale(plan, step.Operands[0]), Scale(plan, step.Result), Multipliers(FinishOf(step.Kernel)),
                range is { } r ? $"{r.Bits} bits [{r.Lowest:n0}, {r.Highest:n0}]" : "", Clamp(FinishOf(step.Kernel)),
            }.Select(Markup.Escape)]);
        }

        return table;
    }

    private static string Scale(ModelPlan plan, int value) =>
        plan.Values[value].Type.Quantization is { Axis: < 0 } q ? $"{q.Scale:g5}, {q.Zero}" : "float";

    private static Finish? FinishOf(Kernel kernel) => kernel switch
    {
        WindowKernel k => k.Finish,
        MatmulKernel k => k.Finish,
        ReduceKernel k => k.Finish,
        _ => null,
    };

    private static string Multipliers(Finish? finish)
    {
        if (finish is not IntegerFinish f)
            return "";
        int[] m = f.Multipliers.Span<int>().ToArray();
        byte[] s = f.Shifts.Span<byte>().ToArray();
        return m.Length == 1 ? $"{m[0]} >> {s[0]}" : $"{m.Length} of {m.Min()}..{m.Max()} >> {s.Min()}..{s.Max()}";
    }

    private static string Clamp(Finish? finish) => finish switch
    {
        IntegerFinish f => $"[{f.Lo}, {f.Hi}]",
        ClampFinish f => $"[{f.Lo}, {f.Hi}]",
        _ => "",
    };
}
