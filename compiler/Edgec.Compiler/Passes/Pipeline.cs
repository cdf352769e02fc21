using System.Collections.Immutable;
using System.Diagnostics;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;

namespace Edgec.Passes;

/// <summary>Passes in order. That each takes the level the one before yields is checked when it is made, not when it runs.</summary>
public sealed class Pipeline
{
    private Pipeline(Level from, Level to, ImmutableArray<Pass> passes) => (From, To, Passes) = (from, to, passes);

    /// <summary>The level of the graphs it takes.</summary>
    public Level From { get; }

    /// <summary>The level of the graphs it gives.</summary>
    public Level To { get; }

    public ImmutableArray<Pass> Passes { get; }

    /// <exception cref="DiagnosticException">A pass does not take what the one before it yields.</exception>
    public static Pipeline Create(Level from, params ReadOnlySpan<Pass> passes)
    {
        Level level = from;
        foreach (Pass pass in passes)
        {
            if (!pass.Takes(level))
            {
                string takes = pass.Accepts == pass.AcceptsUpTo ? Text(pass.Accepts) : $"{Text(pass.Accepts)} to {Text(pass.AcceptsUpTo)}";
                throw new DiagnosticException(Diagnostic.Error(
                    "EC7201", "", $"Pass {pass.Name} takes {takes} graphs and cannot stand where they are {Text(level)}. Move it, or put a pass that yields {Text(pass.Accepts)} before it.", exitCode: 2));
            }

            level = pass.Yields ?? level;
        }

        return new(from, level, [.. passes]);
    }

    /// <summary>This pipeline, then another.</summary>
    public Pipeline Then(Pipeline next) => Create(From, [.. Passes, .. next.Passes]);

    /// <summary>Runs the passes. After each the graph is verified; what a pass reports ends the run after that pass.</summary>
    /// <exception cref="DiagnosticException">A pass has reported errors, or broken a rule of the level.</exception>
    public Graph Run(Graph graph, PassContext context, PipelineOptions? options = null)
    {
        options ??= PipelineOptions.Default;
        using WeightWriter? weights = OpenDump(options.DumpFolder);
        Verifier.Verify(graph, context.Model, "the importer", context.Diagnostics);
        context.Diagnostics.ThrowIfErrors();
        int count = Math.Min(Passes.Length, options.StopAfter ?? Passes.Length);
        for (int i = 0; i < count; i++)
        {
            Pass pass = Passes[i];
            options.Progress?.Invoke(i, count, pass.Name);
            long start = Stopwatch.GetTimestamp();
            Graph next = pass.Run(graph, context);
            context.Diagnostics.ThrowIfErrors();
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            options.Log?.Invoke($"{i + 1,3} {pass.Name,-24} {milliseconds,8:f1} ms  {graph.Nodes.Length,5} -> {next.Nodes.Length,5} nodes");
            Dump(next, options.DumpFolder, $"{i + 1:d2}_{pass.Name}", weights);
            if (!ReferenceEquals(graph, next))
                Verifier.Verify(next, context.Model, pass.Name, context.Diagnostics);
            context.Diagnostics.ThrowIfErrors();
            graph = next;
        }

        return graph;
    }

    private static string Text(Level level) => level.ToString().ToLowerInvariant();

    private static WeightWriter? OpenDump(string? folder)
    {
        if (folder is null)
            return null;
        try
        {
            Directory.CreateDirectory(folder);
            return new WeightWriter(Path.Combine(folder, "dump.weights"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DiagnosticException(Diagnostic.Error("EC7202", folder, $"The folder for dumps cannot be written: {e.Message} Name another.", exitCode: 3));
        }
    }

    private static void Dump(Graph graph, string? folder, string name, WeightWriter? weights)
    {
        if (folder is null)
            return;
        try
        {
            File.WriteAllText(Path.Combine(folder, name + ".ir"), GraphPrinter.Print(graph, weights));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(Diagnostic.Error("EC7202", folder, $"The folder for dumps cannot be written: {e.Message} Name another.", exitCode: 3));
        }
    }
}
