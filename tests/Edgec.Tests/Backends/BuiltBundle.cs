using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Emit;
using Edgec.Ir;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Backends;

/// <summary>A graph brought the whole way, for tests of every backend with the same bodies.</summary>
internal static class BuiltBundle
{
    /// <summary>The canonical graph optimized, calibrated on noise and quantized.</summary>
    /// <param name="plan">Null for w8a8.</param>
    /// <param name="split">False to leave layers with wide channels whole.</param>
    /// <param name="narrow">As for FPGAs, see <see cref="Quantizer.Quantize"/>.</param>
    public static Graph Quantize(Graph canonical, PrecisionPlan? plan = null, bool split = true, bool narrow = false) => QuantizeOptimized(Optimize(canonical), plan, split, narrow);

    public static Graph QuantizeOptimized(Graph optimized, PrecisionPlan? plan = null, bool split = true, bool narrow = false)
    {
        DataSet noise = DataSet.Noise(DataInput.Of(optimized), 4, 1);
        var ranges = Calibrator.Calibrate(optimized, Enumerable.Range(0, 4).Select(noise.Sample), new(), "test");
        return Quantizer.Quantize(optimized, ranges, plan ?? PrecisionPlan.W8A8, new DiagnosticBag(), "test", split: split, narrow: narrow);
    }

    public static Graph Optimize(Graph canonical) => Pipelines.Optimize.Run(canonical, new PassContext("test", new DiagnosticBag()));

    /// <summary>Emits, builds and runs a bundle on random inputs over the whole range, and compares every layer with the reference.</summary>
    public static ImmutableArray<LayerResult> Compare(Graph typed, Target target, int samples = 2)
    {
        ModelPlan reference = Planner.Plan(typed, new PlanOptions(), "test"), plan = Planner.Plan(typed, Edgec.Compile.Backends.PlanOptions(target, null), "test");
        ImmutableArray<ImmutableArray<Tensor>> inputs = [.. Enumerable.Range(0, samples).Select(i => Random(plan, i))];
        var vector = new TestVector(inputs[0], ReferenceRunner.Run(reference, inputs[0].AsSpan()));
        using var folder = new TemporaryFolder();
        foreach (EmittedFile file in Edgec.Compile.Backends.Emit(plan, target, vector, new Templates(), "edgec", "test.onnx").Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.At(file.Path))!);
            File.WriteAllBytes(folder.At(file.Path), file.Bytes.Span);
        }

        using IBundleProgram program = Edgec.Compile.Backends.Build(folder.Path, target);
        byte[] stored = [.. inputs.SelectMany(sample => sample).SelectMany(tensor => tensor.Bytes.ToArray())], trace = program.Trace(stored);
        var comparer = new LayerComparer(reference, plan);
        for (int i = 0; i < samples; i++)
            comparer.Add(inputs[i].AsSpan(), trace.AsSpan((int)(comparer.TraceBytes * i), (int)comparer.TraceBytes));
        for (int task = 0; task < plan.Tasks; task++)
        {
            byte[] alone = program.Trace(stored, task);
            int bytes = (int)comparer.TaskBytes(task);
            Assert.Equal(bytes * samples, alone.Length);
            for (int i = 0; i < samples; i++)
                comparer.AddTask(task, trace.AsSpan((int)(comparer.TraceBytes * i), (int)comparer.TraceBytes), alone.AsSpan(bytes * i, bytes));
        }

        // The bundle's own check, on its own vectors.
        if (plan.ByTask && program is NativeProgram native)
            Assert.Equal(0, native.Run().ExitCode);
        return comparer.Results();
    }

    private static ImmutableArray<Tensor> Random(ModelPlan plan, int seed)
    {
        DataInput[] ports = [.. plan.Inputs.Select(i => plan.Values[i]).Select(v => new DataInput(v.Name, v.Type.Element, v.Type.Shape))];
        IReadOnlyDictionary<string, Tensor> sample = DataSet.Noise(ports, 1, seed).Sample(0);
        return [.. ports.Select(port => sample[port.Name])];
    }
}
