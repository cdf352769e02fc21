using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Edgec.Bundle;
using Edgec.Check;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Targets;

namespace Edgec.Verify;

/// <summary>
/// Builds a bundle with this machine's tools, runs it and compares every layer with the reference: equality for integers,
/// <see cref="FloatBound"/> for float. Inputs are the bundle's own vector and random ones that reach the whole range.
/// </summary>
public static class BundleVerifier
{
    private const int Seed = 7;

    /// <summary>Multiply-accumulates that all samples together may take, so that large networks run on fewer.</summary>
    private const long MacBudget = 2_000_000_000;

    /// <param name="folder">A bundle as <c>edgec compile</c> wrote it.</param>
    /// <param name="samples">How many inputs; null to let the network's size decide, 2 to 8.</param>
    /// <param name="compiler">Builds the bundle instead of its target's own compiler; null for that.</param>
    /// <exception cref="DiagnosticException">It is no bundle, or it cannot be built or run.</exception>
    public static VerifyReport Verify(string folder, int? samples, IProgressSink progress, string? compiler = null)
    {
        long start = Stopwatch.GetTimestamp();
        Manifest manifest = Read(folder);
        Target target = TargetCatalog.Load(Path.Combine(folder, "graph", "board.target"));
        Graph graph = GraphFiles.Load(Path.Combine(folder, "graph", "model.ir"));
        ModelPlan reference = Planner.Plan(graph, new PlanOptions(), folder);
        ModelPlan plan = Planner.Plan(graph, Backends.PlanOptions(target, ram: null), folder);
        int count = samples ?? (int)Math.Clamp(MacBudget / Math.Max(1, plan.TotalCost.Macs), 2, 8);
        ImmutableArray<ImmutableArray<Tensor>> inputs =
            [OwnVector(folder, plan), .. Enumerable.Range(1, count - 1).Select(i => Random(plan, Seed + i))];

        progress.Report("building the bundle", 0, 1);
        using IBundleProgram program = Backends.Build(folder, target, compiler);
        progress.Report("running the bundle", 0, 1);
        byte[] stored = [.. inputs.SelectMany(sample => sample).SelectMany(tensor => tensor.Bytes.ToArray())], trace = program.Trace(stored);
        var comparer = new LayerComparer(reference, plan);
        if (trace.Length != comparer.TraceBytes * count)
            throw new DiagnosticException(CheckDiagnostics.TraceLength(folder, trace.Length, comparer.TraceBytes * count));
        for (int i = 0; i < count; i++)
        {
            comparer.Add(
                inputs[i].AsSpan(),
                trace.AsSpan((int)(i * comparer.TraceBytes), (int)comparer.TraceBytes),
                step => progress.Report("comparing layers", i * plan.Steps.Length + step, count * plan.Steps.Length));
        }

        for (int task = 0; task < plan.Tasks; task++)
            CompareTask(folder, program, comparer, task, stored, trace, count);
        return new(manifest.Backend, target.Name, count, comparer.Results(), Changed(folder, manifest), Stopwatch.GetElapsedTime(start).TotalSeconds) { Tasks = plan.Tasks };
    }

    // Each task alone gives what all together do, in every step it needs.
    private static void CompareTask(string folder, IBundleProgram program, LayerComparer comparer, int task, byte[] inputs, byte[] whole, int count)
    {
        byte[] trace = program.Trace(inputs, task);
        long bytes = comparer.TaskBytes(task);
        if (trace.Length != bytes * count)
            throw new DiagnosticException(CheckDiagnostics.TraceLength(folder, trace.Length, bytes * count));
        for (int i = 0; i < count; i++)
            comparer.AddTask(task, whole.AsSpan((int)(i * comparer.TraceBytes), (int)comparer.TraceBytes), trace.AsSpan((int)(i * bytes), (int)bytes));
    }

    /// <summary>The manifest of a bundle.</summary>
    /// <exception cref="DiagnosticException">There is none, or it is of another version.</exception>
    public static Manifest Read(string folder)
    {
        string path = Path.Combine(folder, Manifest.FileName);
        try
        {
            Manifest manifest = Manifest.FromJson(File.ReadAllBytes(path));
            return manifest.Format == Manifest.CurrentFormat
                ? manifest
                : throw new DiagnosticException(CheckDiagnostics.OtherFormat(path, manifest.Format));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException or NotSupportedException or ArgumentException)
        {
            throw new DiagnosticException(CheckDiagnostics.NoBundle(folder, problem.Message));
        }
    }

    private static ImmutableArray<string> Changed(string folder, Manifest manifest) =>
        [.. manifest.Files.Where(file => !Matches(Path.Combine(folder, file.Key), file.Value)).Select(file => file.Key)];

    private static bool Matches(string path, string hash) =>
        File.Exists(path) && Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) == hash;

    private static ImmutableArray<Tensor> OwnVector(string folder, ModelPlan plan)
    {
        string path = Path.Combine(folder, "graph", "input.bin");
        long wanted = plan.Inputs.Sum(i => plan.Values[i].Type.Bytes);
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        if (bytes.Length != wanted)
            throw new DiagnosticException(CheckDiagnostics.BadVector(path, bytes.Length, wanted));
        int at = 0;
        var inputs = new List<Tensor>();
        foreach (int input in plan.Inputs)
        {
            TensorType type = plan.Values[input].Type;
            inputs.Add(Tensor.FromBytes(type.Element, type.Shape, bytes.AsSpan(at, (int)type.Bytes).ToArray()));
            at += (int)type.Bytes;
        }

        return [.. inputs];
    }

    // Integers over their whole range, so that every saturation is reached; floats of mean 0 and variance 1.
    private static ImmutableArray<Tensor> Random(ModelPlan plan, int seed)
    {
        Data.DataInput[] ports = [.. plan.Inputs.Select(i => plan.Values[i]).Select(v => new Data.DataInput(v.Name, v.Type.Element, v.Type.Shape))];
        IReadOnlyDictionary<string, Tensor> sample = Data.DataSet.Noise(ports, 1, seed).Sample(0);
        return [.. ports.Select(port => sample[port.Name])];
    }
}
