using System.Collections.Immutable;

namespace Edgec.Ops;

/// <summary>
/// Part of an index map "output index to source index" as two nested loops: for o below Outer.Count and i below Inner.Count,
/// output index <c>To + o·Outer.Target + i·Inner.Target</c> takes source index <c>From + o·Outer.Source + i·Inner.Source</c>.
/// </summary>
internal readonly record struct IndexRun(int From, int To, IndexRun.Loop Outer, IndexRun.Loop Inner)
{
    private const int MaxPeriod = 16;

    private static readonly Loop Once = new(1, 0, 0);

    public readonly record struct Loop(int Count, int Source, int Target);

    /// <summary>Few runs that together make up a map; indices of -1 are in none.</summary>
    public static ImmutableArray<IndexRun> Split(int[] map)
    {
        // Tiling, shuffling and integer upsampling are runs that repeat: 0 0 1 1 2 2 => three times (0 0), one further each time.
        ImmutableArray<IndexRun> best = Nest(Runs(map, 0, 1));
        // Upsampling by 3/2 is regular only at every third index: 0 0 1 2 2 3 4 4 5 => 0 2 4, 0 2 4, 1 3 5.
        for (int period = 2; period <= MaxPeriod && period < best.Length; period++)
        {
            List<IndexRun> runs = [.. Enumerable.Range(0, period).SelectMany(phase => Runs(map, phase, period))];
            if (runs.Count < best.Length)
                best = [.. runs];
        }

        return best;
    }

    /// <summary>The map at first, first + stride, … as maximal runs of one step each.</summary>
    private static List<IndexRun> Runs(int[] map, int first, int stride)
    {
        var runs = new List<IndexRun>();
        for (int start = first; start < map.Length;)
        {
            if (map[start] < 0)
            {
                start += stride;
                continue;
            }

            int next = start + stride, count = 1, step = next < map.Length && map[next] >= 0 ? map[next] - map[start] : 0;
            for (; next < map.Length && map[next] >= 0 && map[next] - map[next - stride] == step; next += stride)
                count++;
            runs.Add(new(map[start], start, Once, new(count, step, stride)));
            start = next;
        }

        return runs;
    }

    /// <summary>Joins neighbouring runs of one form whose beginnings are equally far apart.</summary>
    private static ImmutableArray<IndexRun> Nest(List<IndexRun> runs)
    {
        var nested = ImmutableArray.CreateBuilder<IndexRun>();
        foreach (IndexRun run in runs)
        {
            if (nested.Count > 0 && nested[^1] is var last && last.Inner == run.Inner)
            {
                int source = run.From - (last.From + (last.Outer.Count - 1) * last.Outer.Source);
                int target = run.To - (last.To + (last.Outer.Count - 1) * last.Outer.Target);
                if (last.Outer.Count == 1 || last.Outer == new Loop(last.Outer.Count, source, target))
                {
                    nested[^1] = last with { Outer = new(last.Outer.Count + 1, source, target) };
                    continue;
                }
            }

            nested.Add(run);
        }

        return nested.ToImmutable();
    }
}
