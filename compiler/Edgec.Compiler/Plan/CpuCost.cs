using Edgec.Runtime;
using Edgec.Targets;

namespace Edgec.Plan;

/// <summary>
/// The first cost model of a processor, one core: a roofline. Multiply-accumulates run at the target's peak rate, other
/// element-wise work at a vector load a cycle; what does not fit the last cache comes at its sustained rate from the smallest memory
/// that holds weights and arena.
/// </summary>
public static class CpuCost
{
    /// <summary>Bytes of a vector register: every supported SIMD unit moves at least these in a cycle.</summary>
    private const int VectorBytes = 16;

    /// <param name="memories">Memories beside the target's own, which holds everything.</param>
    public static Estimate Of(ModelPlan plan, CpuTarget target, params ReadOnlySpan<MemoryLevel> memories)
    {
        long needed = plan.Weights.Bytes.Length + plan.ArenaBytes;
        MemoryLevel? nearest = memories.ToArray().Where(memory => memory.Bytes >= needed).MinBy(memory => memory.Bytes);
        long cache = Math.Max(target.L1Bytes, Math.Max(target.L2Bytes, target.L3Bytes));
        bool weightsStay = needed <= cache;
        double bytesPerCycle = nearest is null ? target.Memory.BytesPerCycle(target.ClockMHz) : nearest.BytesPerSecond / (target.ClockMHz * 1e6);
        return new(
            [.. plan.Steps.Select(step =>
            {
                long dram = DramBytes(step, cache, weightsStay);
                return new StepEstimate(step, ComputeCycles(plan, step, target), dram / bytesPerCycle, dram);
            })],
            target.ClockMHz,
            Resources: null);
    }

    // MACs, and products that make samples, / peak rate; otherwise elements · bytes / vector width.
    private static double ComputeCycles(ModelPlan plan, PlanStep step, CpuTarget target)
    {
        ElementType element = plan.Values[step.Result].Type.Element;
        return step.Cost.Macs > 0
            ? (step.Cost.Macs + KernelCost.SampleProducts(step.Kernel)) / element switch
            {
                ElementType.F32 => target.Fp32MacsPerCycle,
                // A vector holds half as many sums of 64 bits.
                ElementType.I16 => step.Sums is { Width: 64 } ? target.Int16MacsPerCycle / 2 : target.Int16MacsPerCycle,
                _ => target.Int8MacsPerCycle,
            }
            : KernelCost.Steps(step.Kernel) * (double)element.SizeOf() / VectorBytes;
    }

    // Weights unless they stay in the cache from one inference to the next; activations where a step's own do not fit.
    private static long DramBytes(PlanStep step, long cache, bool weightsStay)
    {
        long activations = step.Cost.ReadBytes + step.Cost.WriteBytes;
        return (weightsStay ? 0 : WeightBytes(step, cache)) + (activations > cache ? activations : 0);
    }

    // Each constant once, but those of experts: as many as are used, or, row by row, again for every row where the cache does not hold all of them.
    private static long WeightBytes(PlanStep step, long cache)
    {
        if (ExpertTraffic.Of(step) is not { } experts)
            return step.Cost.WeightBytes;
        long all = experts.Experts * experts.ExpertBytes;
        return step.Cost.WeightBytes - all + (experts.IsByExpert || all <= cache ? (long)Math.Round(experts.Expected) : experts.RowByRow);
    }
}
