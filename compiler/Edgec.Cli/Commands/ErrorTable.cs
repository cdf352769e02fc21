using System.Text.Json.Nodes;
using Edgec.Plan;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary>How far each integer layer can lie from exact arithmetic on its own operands, whatever they are.</summary>
internal static class ErrorTable
{
    public static Table Of(ModelPlan plan)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("#", "layer", "kernel", "output scale", "bound, steps", "bound, real");
        foreach ((PlanStep step, double bound, double scale) in Bounds(plan))
            table.AddRow([.. new[] { $"{step.Index}", step.Name, PlanPrinter.Describe(step.Kernel), $"{scale:g5}", $"{bound:f4}", $"{bound * scale:g4}" }.Select(Markup.Escape)]);
        return table;
    }

    public static JsonArray ToJson(ModelPlan plan) => new([.. Bounds(plan).Select(row => new JsonObject
    {
        ["index"] = row.Step.Index,
        ["layer"] = row.Step.Name,
        ["kernel"] = row.Step.Kernel.Shape,
        ["scale"] = row.Scale,
        ["steps"] = row.Bound,
    })]);

    // Layers that only move or select are exact and left out.
    private static IEnumerable<(PlanStep Step, double Bound, double Scale)> Bounds(ModelPlan plan)
    {
        foreach (PlanStep step in plan.Steps)
        {
            if (plan.Values[step.Result].Type.Quantization is { Axis: < 0 } y && RoundingError.Of(step.Kernel) is > 0 and var bound)
                yield return (step, bound, y.Scale);
        }
    }
}
