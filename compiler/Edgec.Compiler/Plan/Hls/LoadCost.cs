namespace Edgec.Plan.Hls;

/// <summary>
/// The formulas of the estimates for weights and parameters: how long they take to come in, and how much of that another command is computed
/// meanwhile.
/// </summary>
public static class LoadCost
{
    /// <summary>
    /// Costs of layers, from all commands of the convolution engine in the order they run: C cycles each, and of its load as much as is not hidden
    /// behind the command before. Where layers are also bound by memory, that is counted layer by layer, wherever their weights come in.
    /// </summary>
    public static Dictionary<int, LayerCost> Layers(IEnumerable<EngineRun> runs, EngineConfiguration c)
    {
        var costs = new Dictionary<int, LayerCost>();
        EngineRun? before = null;
        foreach (EngineRun run in runs)
        {
            long exposed = before is not null && IsAhead(before, run, c) ? Exposed(before, run) : run.Loading;
            var own = new LayerCost(run.Compute + exposed, run.Words) { Loading = run.Loading, Hidden = run.Loading - exposed };
            costs[run.Layer] = costs.GetValueOrDefault(run.Layer) + own;
            before = run;
        }

        return costs;
    }

    /// <summary>
    /// A command's weights and parameters can come while the one before is computed: both fit the memories together; it is known to be next,
    /// which the first of a layer's queues is not, for they are filled between; and its weights are constants.
    /// </summary>
    public static bool IsAhead(EngineRun before, EngineRun run, EngineConfiguration c) =>
        c.Prefetch && !run.TakesActivation && !(run.IsQueued && run.Layer != before.Layer)
        && Fit(before.Array, run.Array, c.WeightDepth, c.ParameterRows, c.Ranges)
        && Fit(before.Lanes, run.Lanes, c.Stage?.Depth ?? 0, c.Stage?.ParameterRows ?? 0, 0);

    /// <summary>
    /// Cycles of a load that are left when the command before, of C cycles, ends. A word comes a cycle, as the engine can take it (one for all outputs,
    /// of which there are few, takes more; memory may let through less): weights and ranges first, then parameters.
    /// An array that is at work takes a word of weights in each cycle of its S steps only, so S · interval / C words a cycle, and what finishes results
    /// a word of parameters in each of its intervals. Nothing comes while offsets come through the port.
    /// </summary>
    public static long Exposed(EngineRun before, EngineRun run)
    {
        if (before.HoldsPort)
            return run.Loading;
        long left = before.Compute, exposed = 0;
        Come(run.Array?.WeightWords ?? 0, before.Array?.StepCycles);
        Come(run.Lanes?.WeightWords ?? 0, before.Lanes?.StepCycles);
        Come(run.Array?.ParameterWords ?? 0, before.Compute / before.Array?.FinishInterval);
        Come(run.Lanes?.ParameterWords ?? 0, before.Compute / before.Lanes?.FinishInterval);
        return exposed;

        void Come(long words, long? taking)
        {
            long rate = Math.Min(taking ?? before.Compute, before.Compute); // words in C cycles
            long taken = Math.Min(words, rate == 0 ? 0 : left * rate / before.Compute);
            exposed += words - taken;
            left = taken < words ? 0 : left - (rate == 0 ? 0 : words * before.Compute / rate);
        }
    }

    /// <summary>
    /// Look-up tables of what loads ahead: two queues of 16 words of 128 bits, 200 each, addresses and ends of both commands, and the search for the
    /// next one; for a stage its own queues and addresses.
    /// </summary>
    public static int Lut(EngineConfiguration c) => !c.Prefetch || !c.Uses.Convolutions ? 0 : 2 * 200 + 800 + (c.Stage is null ? 0 : 2 * 200 + 400);

    /// <summary>What a layer loads, in words; null for nothing.</summary>
    /// <param name="loading">Cycles in which weights and parameters come in.</param>
    /// <param name="hidden">Of these, the ones in which a command before is computed.</param>
    public static string? Words(long loading, long hidden) => loading == 0 ? null : $"loading={loading} hidden={hidden}";

    private static bool Fit(in EnginePart? one, in EnginePart? other, long entries, long rows, long ranges) =>
        one is not { } a || other is not { } b || (a.Entries + b.Entries <= entries && a.Rows + b.Rows <= rows && a.Ranges + b.Ranges <= ranges);
}
