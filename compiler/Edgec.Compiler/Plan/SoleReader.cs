namespace Edgec.Plan;

/// <summary>Two steps of which the second alone reads what the first computes, so that it need not be kept for anyone else.</summary>
/// <param name="Operand">Which operand of the reader it is.</param>
public readonly record struct SoleReader(PlanStep Source, PlanStep Reader, int Operand)
{
    /// <summary>All such pairs of a plan, in the order of the sources. Only what lies in the arena is meant, and no empty tensor.</summary>
    public static IEnumerable<SoleReader> Of(ModelPlan plan)
    {
        ILookup<int, (PlanStep Step, int Operand)> readers = plan.Steps
            .SelectMany(step => step.Operands.Select((value, operand) => (plan.Values[value].Root, Step: step, Operand: operand))).ToLookup(r => r.Root, r => (r.Step, r.Operand));
        foreach (PlanStep source in plan.Steps)
        {
            PlanValue result = plan.Values[source.Result];
            if (result.Place == Place.Arena && result.Type.Shape.ElementCount > 0 && readers[result.Root].ToArray() is [var (reader, operand)])
                yield return new(source, reader, operand);
        }
    }
}
