using Edgec.Emit;
using Edgec.Emit.Hls;
using Edgec.Plan.Hls;
using Xunit;

namespace Edgec.Tests.Hls;

/// <summary>The loop nest of attention, counted: as the compiler plans with it, and as the engine runs it in simulation.</summary>
public sealed class AttentionScheduleTests
{
    private static readonly int[] Parallel = [1, 4, 8, 16];

    [Theory]
    [InlineData(1, 16641)]
    [InlineData(4, 4257)]
    [InlineData(8, 2193)]
    [InlineData(16, 1161)]
    public void The_loop_nest_of_129_tokens_has_its_steps(int parallel, int steps)
    {
        AttentionSchedule schedule = AttentionSchedule.Of(129, 129, parallel);
        Assert.Equal(steps, schedule.Steps);
        Assert.Equal(steps, schedule.Enumerate().Count()); // a key each, and as many values
        Assert.Equal(129, schedule.Enumerate().Count(step => step.Begins >= 0));
    }

    [Fact]
    public void Counts_follow_the_formula()
    {
        for (int n = 1; n <= 40; n++)
        {
            foreach (int p in Parallel)
                Assert.Equal((n + p - 1) / p * n + (n + p - 1) % p, AttentionSchedule.Of(n, n, p).Enumerate().Count());
        }
    }

    [Fact]
    public void Every_query_meets_every_key_once_in_rotated_order()
    {
        foreach ((int rows, int columns, int p) in ((int, int, int)[])[(9, 9, 4), (3, 3, 8), (7, 20, 4), (20, 7, 16), (1, 5, 4), (5, 1, 4), (12, 12, 4), (13, 9, 1)])
        {
            AttentionSchedule schedule = AttentionSchedule.Of(rows, columns, p);
            var open = new Dictionary<int, List<int>>();
            var ended = new List<int>();
            foreach (AttentionStep step in schedule.Enumerate())
            {
                if (step.Begins >= 0)
                    open.Add(step.Begins, []);
                Assert.InRange(open.Count, 0, schedule.Parallel);
                foreach (List<int> keys in open.Values)
                    keys.Add(step.Key);
                if (step.Ends < 0)
                    continue;
                Assert.True(open.Remove(step.Ends, out List<int>? seen));
                int first = step.Ends % schedule.Parallel;
                Assert.Equal(Enumerable.Range(0, columns).Select(k => (first + k) % columns), seen);
                ended.Add(step.Ends);
            }

            Assert.Empty(open);
            Assert.Equal(Enumerable.Range(0, rows), ended);
        }
    }

    /// <summary>So the values can follow the keys a turn later, and what lies between them are the scores of a turn: p rows of them.</summary>
    [Fact]
    public void A_querys_last_key_comes_a_turn_behind_its_first()
    {
        foreach ((int rows, int columns, int p) in ((int, int, int)[])[(129, 129, 8), (3, 3, 8), (20, 7, 16), (1, 5, 4), (5, 1, 4)])
        {
            AttentionStep[] steps = [.. AttentionSchedule.Of(rows, columns, p).Enumerate()];
            for (int query = 0; query < rows; query++)
                Assert.Equal(columns - 1, Array.FindIndex(steps, step => step.Ends == query) - Array.FindIndex(steps, step => step.Begins == query));
        }
    }

    /// <summary>The engine's own processes, over memories that count what is read and streams that count what passes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_engine_loads_a_key_and_a_value_a_step(bool resident)
    {
        const int Heads = 2, QueryWords = 2, ValueWords = 3;
        var draw = new Draw(43);
        (int Tokens, int Parallel)[] all = [.. from n in (int[])[129, 50, 5, 16] from p in Parallel select (n, p)];
        EngineCase[] cases = [.. all.Select(x => AttentionEngineTests.Attend(
            draw, $"n{x.Tokens}_p{x.Parallel}", [Heads, x.Tokens, 30], [Heads, x.Tokens, 30], [Heads, x.Tokens, 40], parallel: x.Parallel))];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("zcu102"), new(HeldWords: resident ? null : 0), "counted.onnx");
        string[] counts = Count(cases, plan).Split('\n');
        Assert.Equal(all.Length, counts.Length);
        foreach (((int n, int p), HlsLayer layer, string counted) in all.Zip(plan.Layers, counts))
        {
            AttentionTraffic traffic = layer.Attention!;
            long steps = (n + p - 1) / p * n + (n + p - 1) % p, keys = resident ? n : steps; // from memory; all others from the buffer
            Assert.Equal((resident, steps, Heads * (steps + n)), (traffic.Resident, traffic.Schedule.Steps, traffic.StreamedTokens));
            Assert.Equal(
                $"keys {Heads * steps} values {Heads * steps} queries {Heads * n} read {Heads * (keys + n) * QueryWords} {Heads * keys * ValueWords} results {Heads * n}", counted);
            Assert.Equal(Heads * (keys + n) * QueryWords + Heads * (keys + n) * ValueWords + 32, layer.Cost.Words); // 32 of exponentials
        }
    }

    private static string Count(EngineCase[] cases, HlsPlan plan)
    {
        string folder = Directory.CreateTempSubdirectory("edgec-count").FullName;
        try
        {
            EngineBench.Write(HlsBackend.Emit(plan, [new([.. cases.SelectMany(c => c.Operands)], [.. cases.Select(c => c.Expected)])], new Templates()), folder);
            string source = Path.Combine(SourceTree.Root, "tests", "cases", "hls", "count_attention.cpp");
            EngineBench.Execute("g++", ["-std=c++14", "-O1", "-Wall", "-Wno-unknown-pragmas", "-Wno-unused-label", "-Wno-unused-function", "-Isrc", "-Iinclude", "-isystem", "sim", source, "-o", "count"], folder);
            return EngineBench.Execute("./count", [], folder).TrimEnd();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
