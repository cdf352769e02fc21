using System.Collections.Immutable;
using System.Diagnostics;
using Edgec.Emit;
using Edgec.Emit.Hls;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Hls;

/// <summary>Builds many kernels into one accelerator, runs it under the machine's compiler and compares every layer with the reference.</summary>
internal static class EngineBench
{
    private const int Lanes = EngineConfiguration.Lanes;

    public static FpgaTarget Board(string name) => (FpgaTarget)TargetCatalog.Load(name);

    /// <summary>A plan whose layers stand side by side: each has inputs and an output of its own.</summary>
    public static ModelPlan Plan(IReadOnlyList<EngineCase> cases)
    {
        var values = new List<PlanValue>();
        var steps = new List<PlanStep>();
        var inputs = new List<int>();
        var outputs = new List<int>();
        foreach (EngineCase c in cases)
        {
            ImmutableArray<int> operands = [.. c.Operands.Select((t, i) => Add($"{c.Name}_x{i}", new(t.Element, t.Shape), Place.Input, inputs))];
            int result = Add($"{c.Name}_y", new(c.Element, c.Result), Place.Output, outputs);
            Kernel kernel = c.Kernel(Lanes);
            steps.Add(new(steps.Count, c.Name, kernel, operands, result, [], new(KernelCost.Macs(kernel), 0, 0, 0), Origin.Of(c.Name)));
        }

        return new("engines", [.. values], [.. steps], [.. inputs], [.. outputs], new([]), 0, Lanes);

        int Add(string name, TensorType type, Place place, List<int> ports)
        {
            int index = values.Count;
            values.Add(new(index, name, type, place, ports.Count, 0, Storage.Count(type.Shape, Lanes) * type.Element.SizeOf(), -1, -1, index));
            ports.Add(index);
            return index;
        }
    }

    /// <summary>Runs the cases and fails on the first element that differs.</summary>
    public static void Check(IReadOnlyList<EngineCase> cases, string board = "ultra96", HlsOptions? options = null, string flags = "-O1") =>
        Check(cases, HlsPlanner.Plan(Plan(cases), Board(board), options ?? new(), "engines.onnx"), flags);

    /// <summary>Runs the cases as they are planned, each in a call and then all in one, and fails on the first element that differs.</summary>
    public static void Check(IReadOnlyList<EngineCase> cases, HlsPlan plan, string flags = "-O1")
    {
        Tensor[] expected = [.. cases.Select(c => c.Expected)];
        Assert.All(cases.Zip(expected), pair => Assert.True(
            pair.First.Element != ElementType.I8 || pair.Second.Count < 64 || pair.Second.Bytes.ToArray().Distinct().Count() > 16, $"{pair.First.Name} saturates, so it shows little"));
        var vector = new TestVector([.. cases.SelectMany(c => c.Operands)], [.. expected]);
        string folder = Directory.CreateTempSubdirectory("edgec-hls").FullName;
        try
        {
            byte[] trace = Run(HlsBackend.Emit(plan, [vector], new Templates()), folder, flags);
            int at = 0;
            foreach ((EngineCase c, Tensor y) in cases.Zip(expected))
            {
                Compare(c, y, trace.AsSpan(at, y.Bytes.Length));
                at += y.Bytes.Length;
            }

            Assert.Equal(trace.Length, at);
            string all = Execute("build/testbench", ["--root", folder], folder, mayFail: true);
            Assert.True(all.StartsWith("PASS", StringComparison.Ordinal), all);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes and builds a bundle, runs its test bench and returns the trace.</summary>
    public static byte[] Run(IReadOnlyList<EmittedFile> files, string folder, string flags)
    {
        Write(files, folder);
        Execute("make", ["-s", "-C", folder, "build/testbench", $"CXXFLAGS={flags}"], folder);
        Execute("build/testbench", ["--root", folder, "--trace", Path.Combine(folder, "trace.bin")], folder, mayFail: true);
        return File.ReadAllBytes(Path.Combine(folder, "trace.bin"));
    }

    private static void Compare(EngineCase c, Tensor expected, ReadOnlySpan<byte> actual)
    {
        if (actual.SequenceEqual(expected.Bytes))
            return;
        int i = actual.CommonPrefixLength(expected.Bytes);
        int wrong = 0;
        for (int k = 0; k < actual.Length; k++)
            wrong += actual[k] == expected.Bytes[k] ? 0 : 1;
        Assert.Fail($"{c.Name}: {wrong} of {actual.Length} elements differ, the first at {i} of {c.Result}: {(sbyte)actual[i]}, expected {(sbyte)expected.Bytes[i]}");
    }

    public static void Write(IReadOnlyList<EmittedFile> files, string folder)
    {
        foreach (EmittedFile file in files)
        {
            string path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Bytes.ToArray());
        }
    }

    /// <summary>Runs a program in a folder, which prints nothing on its error stream and, unless it may fail, returns 0.</summary>
    /// <returns>What it printed.</returns>
    public static string Execute(string program, string[] arguments, string folder, bool mayFail = false)
    {
        string file = program.Contains('/', StringComparison.Ordinal) ? Path.Combine(folder, program) : program;
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(errors.Length == 0, errors);
        string text = output.GetAwaiter().GetResult();
        Assert.True(mayFail || process.ExitCode == 0, text);
        return text;
    }
}
