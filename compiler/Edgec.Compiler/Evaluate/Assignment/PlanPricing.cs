using Edgec.Compile;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Targets;

namespace Edgec.Evaluate.Assignment;

/// <summary>What typed graphs of one model cost on a target.</summary>
/// <param name="target">Null for none: then there is no time, and every kernel of the reference is there.</param>
/// <param name="ram">The most bytes the arena may have; null for no limit.</param>
public sealed class PlanPricing(Target? target, long? ram, string model)
{
    /// <exception cref="Diagnostics.DiagnosticException">The target cannot do it.</exception>
    public PlanCost Of(Graph typed)
    {
        PlanOptions options = target is null ? new(Ram: ram) : Backends.PlanOptions(target, ram);
        ModelPlan plan = Planner.Plan(typed, options, model);
        StepCost total = plan.TotalCost;
        double? time = target is not null && Backends.HasCostModel(target) ? Backends.Estimate(plan, target, model).Milliseconds : null;
        return new(plan.Weights.Bytes.Length, total.ReadBytes + total.WriteBytes, time);
    }
}
