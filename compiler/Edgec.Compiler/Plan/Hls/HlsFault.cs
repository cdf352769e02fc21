using Edgec.Diagnostics;

namespace Edgec.Plan.Hls;

/// <summary>Diagnostics of a step, as exceptions that the planner collects.</summary>
internal static class HlsFault
{
    public static string Location(string model, PlanStep step) => $"{model}({step.Origin} -> {step.Name})";

    public static DiagnosticException NoIntegerForm(string model, PlanStep step) =>
        new(HlsDiagnostics.NoIntegerForm(Location(model, step), PlanPrinter.Describe(step.Kernel)));

    /// <exception cref="DiagnosticException">The weights have groups with multipliers, which the engines do not sum.</exception>
    public static void RefuseGroups(string model, PlanStep step, Kernels.WeightGroups? groups)
    {
        if (groups is not null)
            throw new DiagnosticException(HlsDiagnostics.GroupedWeights(Location(model, step), groups.Size));
    }

    public static DiagnosticException Thresholds(string model, PlanStep step) =>
        new(HlsDiagnostics.Thresholds(Location(model, step), PlanPrinter.Describe(step.Kernel)));

    public static DiagnosticException Falls(string model, PlanStep step) =>
        new(HlsDiagnostics.FallingWeights(Location(model, step)));

    public static DiagnosticException Layout(string model, PlanStep step, string problem) =>
        new(HlsDiagnostics.Layout(Location(model, step), problem));
}
