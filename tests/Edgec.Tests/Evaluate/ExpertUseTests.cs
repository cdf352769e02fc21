using System.Collections.Immutable;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Targets;
using Edgec.Tests.Backends;
using Xunit;

namespace Edgec.Tests.Evaluate;

/// <summary>The weights that mixtures of experts read: the formula, and what samples really choose.</summary>
public sealed class ExpertUseTests
{
    [Theory]
    [InlineData(1, 2, 8)]
    [InlineData(3, 2, 16)]
    [InlineData(20, 1, 64)]
    [InlineData(64, 2, 8)]
    public void The_formula_is_the_mean_of_random_choices(int rows, int choices, int experts)
    {
        var random = new Random(1);
        const int trials = 4000;
        long used = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            var seen = new HashSet<int>();
            for (int row = 0; row < rows; row++)
                seen.UnionWith(Draw(random, choices, experts));
            used += seen.Count;
        }

        var traffic = new ExpertTraffic(null!, rows, choices, experts, 100);
        Assert.InRange(traffic.ExpectedExperts, 0.98 * used / trials, 1.02 * used / trials);
        Assert.Equal(rows * choices * 100L, traffic.RowByRow);
        Assert.True(traffic.Expected <= traffic.Most && traffic.Most <= traffic.RowByRow);
    }

    [Fact]
    public void Samples_are_counted()
    {
        Graph canonical = RandomGraph.Of(84, processors: true, mixtures: true), typed = BuiltBundle.Quantize(canonical);
        ModelPlan plan = Planner.Plan(typed, new PlanOptions(), "test");
        const int samples = 3;
        ImmutableArray<ExpertUse> uses = ExpertUse.Measure(plan, canonical, DataSet.Noise(ModelCompiler.Inputs(canonical), samples, 1), null, SilentProgress.Instance);
        Assert.Equal(ExpertTraffic.Of(plan), uses.Select(use => use.Traffic));
        Assert.NotEmpty(uses);
        foreach (ExpertUse use in uses)
        {
            ExpertTraffic t = use.Traffic;
            Assert.Equal(samples, use.Samples);
            Assert.Equal((long)samples * t.Rows * t.Choices, use.Rows.Sum());
            Assert.InRange(use.LeastUsed, Math.Min(t.Choices, t.Experts), use.MostUsed);
            Assert.InRange(use.Used, (long)samples * use.LeastUsed, (long)samples * use.MostUsed);
            Assert.Equal((double)use.Used / samples * t.ExpertBytes, use.ByExpert);
            Assert.InRange(use.Agreement!.Value, t.Experts == 1 ? 1 : 0.2, 1);
            Assert.InRange(use.LongestQueue, use.Rows.Max() / samples, t.Rows);
            Assert.Equal(t.Step.Constant("weights")!.Value.Bytes.Length / t.Experts, t.ExpertBytes);
        }

        // Layers of one mixture see the same rows.
        Assert.Equal(uses[0].Rows, uses[1].Rows);
    }

    [Fact]
    public void Estimates_count_what_the_order_reads()
    {
        Graph typed = BuiltBundle.Quantize(RandomGraph.Of(84, processors: true, mixtures: true));
        var small = (CpuTarget)TargetCatalog.Load("cortex-a72") with { L1Bytes = 16, L2Bytes = 0, L3Bytes = 0 };
        ModelPlan[] plans = [.. new[] { false, true }.Select(byExpert =>
            Planner.Plan(new ReorderPatches(byExpert).Run(typed, new("random", new DiagnosticBag())), new PlanOptions(), "test"))];
        foreach ((StepEstimate token, StepEstimate expert) in CpuCost.Of(plans[0], small).Steps.Zip(CpuCost.Of(plans[1], small).Steps))
        {
            ExpertTraffic? traffic = ExpertTraffic.Of(expert.Step);
            Assert.Equal(traffic is null ? 0 : traffic.RowByRow - Math.Round(traffic.Expected), token.DramBytes - expert.DramBytes);
        }

        Assert.True(ExpertTraffic.Of(plans[1]).Sum(t => t.RowByRow - t.Expected) > 0);
    }

    private static IEnumerable<int> Draw(Random random, int choices, int experts)
    {
        int[] all = [.. Enumerable.Range(0, experts)];
        random.Shuffle(all);
        return all.Take(choices);
    }
}
