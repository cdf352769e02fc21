namespace Edgec.Plan;

/// <summary>Which outputs of a plan need which of its steps.</summary>
internal static class TaskSteps
{
    /// <summary>The plan with <see cref="PlanStep.Tasks"/> set, for at most 32 outputs.</summary>
    public static ModelPlan Mark(ModelPlan plan)
    {
        var tasks = new uint[plan.Values.Length]; // of roots
        foreach ((int output, int task) in plan.Outputs.Select((output, task) => (output, task)))
            tasks[plan.Values[output].Root] |= 1u << task;
        PlanStep[] steps = [.. plan.Steps];
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            uint needed = tasks[plan.Values[steps[i].Result].Root];
            steps[i] = steps[i] with { Tasks = needed };
            foreach (int operand in steps[i].Operands)
                tasks[plan.Values[operand].Root] |= needed;
        }

        return plan with { Steps = [.. steps], ByTask = true };
    }
}
