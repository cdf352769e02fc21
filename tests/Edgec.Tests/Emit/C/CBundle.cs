using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Emit;
using Edgec.Emit.C;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Emit.C;

/// <summary>A bundle in a temporary folder, and the comparison of what it computes with the reference.</summary>
internal sealed class CBundle : IDisposable
{
    private const int Samples = 3;

    private readonly TemporaryFolder folder = new();
    private readonly ModelPlan plan;

    public CBundle(ModelPlan plan, string target = "x86-64-v3")
    {
        this.plan = plan;
        Target = (CpuTarget)TargetCatalog.Load(target);
        Files = CBackend.Emit(plan, Target, Options, new Templates());
        foreach (EmittedFile file in Files)
        {
            string path = folder.At(file.Path);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Bytes.Span);
        }
    }

    public static COptions Options { get; } = new("edgec", "model.onnx");

    public string Directory => folder.Path;

    public CpuTarget Target { get; }

    public IReadOnlyList<EmittedFile> Files { get; }

    public string Text(string path) => Files.Single(file => file.Path == path).Text;

    /// <summary>Random samples: all inputs of each.</summary>
    public ImmutableArray<ImmutableArray<Tensor>> RandomInputs()
    {
        var random = new Random(6);
        return [.. Enumerable.Range(0, Samples).Select(_ => plan.Inputs.Select(input => RandomInput(random, plan.Values[input].Type)).ToImmutableArray())];
    }

    /// <summary>Builds the bundle, runs it and asserts that every step is as the reference computes it.</summary>
    public void AssertAsReference(CToolchain tools, bool portableWeights = false)
    {
        ImmutableArray<ImmutableArray<Tensor>> inputs = RandomInputs();
        using NativeProgram program = CBuilder.Build(Directory, tools, TimeSpan.FromMinutes(5), portableWeights);
        byte[] trace = program.Trace(Dense(inputs.SelectMany(sample => sample)));
        var comparer = new LayerComparer(plan, plan);
        Assert.Equal(comparer.TraceBytes * inputs.Length, trace.Length);
        for (int i = 0; i < inputs.Length; i++)
            comparer.Add(inputs[i].AsSpan(), trace.AsSpan((int)comparer.TraceBytes * i, (int)comparer.TraceBytes));
        Assert.Empty(comparer.Results().Where(layer => !layer.Passed).Select(layer => $"{layer.Name}: {layer.Differing} of {layer.Elements}, {layer.First}"));
    }

    /// <summary>Writes what the reference computes as the bundle's vectors.</summary>
    public void WriteVectors()
    {
        ImmutableArray<ImmutableArray<Tensor>> inputs = RandomInputs();
        System.IO.Directory.CreateDirectory(folder.At("vectors"));
        File.WriteAllBytes(folder.At("vectors/input.bin"), Dense(inputs.SelectMany(sample => sample)));
        File.WriteAllBytes(folder.At("vectors/output.bin"), Dense(inputs.SelectMany(sample => ReferenceRunner.Run(plan, sample.AsSpan()))));
    }

    public void Dispose() => folder.Dispose();

    private static byte[] Dense(IEnumerable<Tensor> tensors) => [.. tensors.SelectMany(tensor => tensor.Bytes.ToArray())];

    private static Tensor RandomInput(Random random, TensorType type)
    {
        var bytes = new byte[type.Bytes];
        if (type.Element != ElementType.F32)
        {
            random.NextBytes(bytes);
            return Tensor.FromBytes(type.Element, type.Shape, bytes);
        }

        float[] values = [.. Enumerable.Range(0, (int)type.Shape.ElementCount).Select(_ => (float)(random.NextDouble() * 6 - 3))];
        return Tensor.Of(type.Shape, values);
    }
}
