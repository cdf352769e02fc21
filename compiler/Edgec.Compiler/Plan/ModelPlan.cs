using System.Collections.Immutable;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan;

/// <summary>Everything a backend needs, decided: kernels in order, every byte's place, names and sizes.</summary>
/// <param name="Name">The model's name as a C identifier.</param>
/// <param name="Values">All tensors; views share the bytes of their root.</param>
/// <param name="Inputs">Indices of the values the caller supplies, in the model's order and layout.</param>
/// <param name="Outputs">Indices of the values the caller receives.</param>
/// <param name="ArenaBytes">Size of the arena.</param>
/// <param name="Lanes">Elements to which rows are padded.</param>
/// <param name="Rounding">The graph's rounding profile.</param>
public sealed record ModelPlan(
    string Name,
    ImmutableArray<PlanValue> Values,
    ImmutableArray<PlanStep> Steps,
    ImmutableArray<int> Inputs,
    ImmutableArray<int> Outputs,
    WeightImage Weights,
    long ArenaBytes,
    int Lanes,
    RoundingProfile Rounding = RoundingProfile.Single)
{
    /// <summary>A run computes the output its caller asks for, or all; see <see cref="PlanStep.Tasks"/>.</summary>
    public bool ByTask { get; init; }

    /// <summary>Steps that run together, band by band, in their order; of C alone.</summary>
    public ImmutableArray<BandChain> Bands { get; init; } = [];

    /// <summary>The number of outputs a caller can ask for; 0 where every run computes all.</summary>
    public int Tasks => ByTask ? Outputs.Length : 0;

    /// <summary>Bytes of constants that several steps have together, counted for each step but the first.</summary>
    public long SharedBytes
    {
        get
        {
            var seen = new HashSet<long>();
            return Steps.SelectMany(step => step.Constants).Where(c => !seen.Add(c.Offset)).Sum(c => (long)c.Value.Bytes.Length);
        }
    }

    /// <summary>The same plan with other sizes and lifetimes of what lies in the arena.</summary>
    /// <param name="blocks">One for each of <see cref="ArenaBlock.Of"/>.</param>
    /// <param name="alignment">Bytes to which arena offsets are aligned.</param>
    public ModelPlan LaidOut(IReadOnlyList<ArenaBlock> blocks, int alignment)
    {
        ArenaLayout arena = ArenaLayout.Of(blocks, alignment);
        var known = blocks.ToDictionary(block => block.Id);
        return this with
        {
            Values = [.. Values.Select(v => v.Place == Place.Arena && known[v.Root] is var block
                ? v with { Offset = arena.Offset(v.Root), Bytes = block.Bytes, FirstStep = block.FirstStep, LastStep = block.LastStep }
                : v)],
            ArenaBytes = arena.Bytes,
        };
    }

    /// <summary>Multiply-accumulates and traffic of all steps.</summary>
    public StepCost TotalCost => Steps.Aggregate(default(StepCost), (sum, step) => sum + step.Cost);
}
