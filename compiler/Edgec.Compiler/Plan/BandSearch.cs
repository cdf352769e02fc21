using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Plan;

/// <summary>
/// Chooses the <see cref="BandChain"/>s of a plan: those that lower its arena, as few steps of them as that takes, in bands as high as the
/// arena then has room for.
/// </summary>
internal sealed class BandSearch
{
    /// <summary>Pixels of a band's last result, at least: products take four rows at a time.</summary>
    private const int Few = 4;

    /// <summary>The same where a kernel turns or unpacks its weights in each call, which takes it as long as 4 to 16 pixels do.</summary>
    private const int Many = 64;

    private readonly ModelPlan plan;
    private readonly int alignment;
    private readonly ImmutableArray<ArenaBlock> blocks;
    private readonly ImmutableArray<ImmutableArray<SoleReader>> runs;

    private BandSearch(ModelPlan plan, int alignment)
    {
        (this.plan, this.alignment) = (plan, alignment);
        blocks = [.. ArenaBlock.Of(plan)];
        runs = [.. Runs(plan)];
    }

    /// <summary>The plan with chains, or the same plan where none lowers its arena.</summary>
    /// <param name="alignment">Bytes to which arena offsets are aligned.</param>
    public static ModelPlan Run(ModelPlan plan, int alignment)
    {
        if (plan.Steps.IsEmpty)
            return plan;
        var search = new BandSearch(plan, alignment);
        ImmutableArray<BandChain> chains = search.Needed(search.LowestPeak());
        if (chains.IsEmpty)
            return plan;
        return search.With(search.Highest(chains));
    }

    /// <summary>The plan with those chains, which do not overlap.</summary>
    /// <param name="alignment">Bytes to which arena offsets are aligned.</param>
    public static ModelPlan Apply(ModelPlan plan, ImmutableArray<BandChain> chains, int alignment) => new BandSearch(plan, alignment).With(chains);

    private ModelPlan With(ImmutableArray<BandChain> chains) => plan.LaidOut([.. Blocks(chains)], alignment) with { Bands = chains };

    // Where most bytes live, the steps around it become the chain that lowers them most; and so on, until the peak stands where none does.
    private ImmutableArray<BandChain> LowestPeak()
    {
        ImmutableArray<BandChain> chosen = [];
        while (true)
        {
            long[] live = Live(chosen);
            int peak = Array.IndexOf(live, live.Max());
            ImmutableArray<SoleReader> run = runs.FirstOrDefault(run => run[0].Source.Index <= peak && peak <= run[^1].Reader.Index, []);
            ImmutableArray<BandChain>? best = null;
            (long Bytes, int Steps) least = (live[peak], 0);
            foreach (BandChain chain in run.IsEmpty ? [] : Chains(run).Where(chain => chain.Has(peak)))
            {
                ImmutableArray<BandChain> candidate = [.. chosen.Where(c => !c.Overlaps(chain)), chain];
                int[] touched = [.. chosen.Where(c => c.Overlaps(chain)).Append(chain).SelectMany(c => new[] { c.First, c.Last })];
                long most = Live(candidate).AsSpan(touched.Min()..(touched.Max() + 1)).ToArray().Max();
                if (most < least.Bytes || (best is not null && most == least.Bytes && chain.Layers.Length < least.Steps))
                    (best, least) = (candidate, (most, chain.Layers.Length));
            }

            if (best is not { } better)
                return chosen;
            chosen = better;
        }
    }

    // Without those, and those parts of them, that the arena's size does not need.
    private ImmutableArray<BandChain> Needed(ImmutableArray<BandChain> chosen)
    {
        long least = ArenaBytes(chosen);
        if (least >= plan.ArenaBytes)
            return [];
        foreach (BandChain chain in chosen.OrderByDescending(chain => chain.Layers.Length).ThenBy(chain => chain.First))
        {
            ImmutableArray<BandChain> others = chosen.Remove(chain);
            if (ArenaBytes(others) <= least)
            {
                chosen = others;
                continue;
            }

            ImmutableArray<SoleReader> run = runs.First(run => run[0].Source.Index <= chain.First && chain.Last <= run[^1].Reader.Index);
            BandChain enough = Chains(run).Where(part => chain.First <= part.First && part.Last <= chain.Last)
                .OrderBy(part => part.Layers.Length).ThenBy(part => part.First).First(part => part.Layers.Length == chain.Layers.Length || ArenaBytes(others.Add(part)) <= least);
            chosen = others.Add(enough);
        }

        return [.. chosen.OrderBy(chain => chain.First)];
    }

    // Higher bands are fewer calls of the kernels, which prepare their weights each time.
    private ImmutableArray<BandChain> Highest(ImmutableArray<BandChain> chains)
    {
        long most = ArenaBytes(chains);
        for (int i = 0; i < chains.Length; i++)
        {
            for (int rows = 2 * chains[i].Rows; rows < chains[i].AllRows; rows *= 2)
            {
                ImmutableArray<BandChain> higher = chains.SetItem(i, chains[i].With(rows));
                if (ArenaBytes(higher) > most)
                    break;
                chains = higher;
            }
        }

        return chains;
    }

    // Steps of which each is the sole reader of the one before; neighbours in the plan, and needed by the same outputs.
    private static IEnumerable<ImmutableArray<SoleReader>> Runs(ModelPlan plan)
    {
        var run = ImmutableArray.CreateBuilder<SoleReader>();
        foreach (SoleReader link in SoleReader.Of(plan).Where(link => link.Reader.Index == link.Source.Index + 1 && link.Source.Tasks == link.Reader.Tasks))
        {
            if (run.Count > 0 && run[^1].Reader != link.Source)
            {
                yield return run.ToImmutable();
                run.Clear();
            }

            run.Add(link);
        }

        if (run.Count > 0)
            yield return run.ToImmutable();
    }

    // All parts of a run that go band by band.
    private IEnumerable<BandChain> Chains(ImmutableArray<SoleReader> run) =>
        from first in Enumerable.Range(0, run.Length)
        from length in Enumerable.Range(1, run.Length - first)
        let links = run.Slice(first, length)
        let chain = BandChain.Of(plan, links, Prepares(links[0].Source) || links.Any(link => Prepares(link.Reader)) ? Many : Few)
        where chain is not null && chain.Rows < chain.AllRows
        select chain;

    private static bool Prepares(PlanStep step) =>
        step.Constant("weights") is not null || step.Constant(WeightPanels.Role) is { Value.Element: ElementType.I4 };

    private long ArenaBytes(ImmutableArray<BandChain> chains) => ArenaLayout.Of([.. Blocks(chains)], alignment).Bytes;

    // Bytes that live at each step.
    private long[] Live(ImmutableArray<BandChain> chains)
    {
        var live = new long[plan.Steps.Length];
        foreach (ArenaBlock block in Blocks(chains))
        {
            for (int step = block.FirstStep; step <= block.LastStep; step++)
                live[step] += block.Bytes;
        }

        return live;
    }

    // All that a chain touches lives while it runs.
    private IEnumerable<ArenaBlock> Blocks(ImmutableArray<BandChain> chains)
    {
        var of = new BandChain?[plan.Steps.Length];
        foreach (BandChain chain in chains)
            of.AsSpan(chain.First, chain.Layers.Length).Fill(chain);
        foreach (ArenaBlock block in blocks)
        {
            BandChain? writer = of[block.FirstStep], reader = of[block.LastStep];
            bool inner = writer is not null && block.FirstStep < writer.Last;
            long bytes = inner ? block.Bytes / writer!.Layers[block.FirstStep - writer.First].Reach.Rows * writer.Layers[block.FirstStep - writer.First].Rows : block.Bytes;
            yield return new(block.Id, bytes, writer?.First ?? block.FirstStep, Math.Max(reader?.Last ?? 0, block.LastStep));
        }
    }
}
