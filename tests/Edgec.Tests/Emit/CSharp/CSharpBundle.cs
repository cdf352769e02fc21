using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Emit;
using Edgec.Emit.CSharp;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Emit.CSharp;

/// <summary>A bundle in a temporary folder, and the comparison of what it computes with the reference.</summary>
internal sealed class CSharpBundle : IDisposable
{
    private const int Samples = 3;

    private readonly TemporaryFolder folder = new();
    private readonly ModelPlan plan;

    public CSharpBundle(ModelPlan plan)
    {
        this.plan = plan;
        Inputs = RandomInputs(plan);
        ImmutableArray<Tensor> first = Inputs[0];
        var vector = new TestVector(first, ReferenceRunner.Run(plan, first.AsSpan()));
        Files = CSharpBackend.Emit(plan, (DotNetTarget)TargetCatalog.Load("csharp"), vector, new Templates());
        foreach (EmittedFile file in Files)
        {
            string path = folder.At(file.Path);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Bytes.Span);
        }
    }

    public string Directory => folder.Path;

    public IReadOnlyList<EmittedFile> Files { get; }

    /// <summary>All inputs of each sample.</summary>
    public ImmutableArray<ImmutableArray<Tensor>> Inputs { get; }

    public byte[] InputBytes => [.. Inputs.SelectMany(sample => sample).SelectMany(tensor => tensor.Bytes.ToArray())];

    public string Text(string path) => Files.Single(file => file.Path == path).Text;

    /// <summary>Builds the bundle, runs it and asserts that every step has the very bits of the reference: the kernels are the same.</summary>
    public void AssertAsReference()
    {
        using IBundleProgram program = CSharpBuilder.Build(Directory);
        ReadOnlySpan<byte> trace = program.Trace(InputBytes);
        foreach (ImmutableArray<Tensor> sample in Inputs)
        {
            var steps = new List<(PlanStep Step, Tensor Result)>();
            ReferenceRunner.Run(plan, sample.AsSpan(), (step, result) => steps.Add((step, result)));
            foreach ((PlanStep step, Tensor result) in steps)
            {
                Assert.True(trace[..result.Bytes.Length].SequenceEqual(result.Bytes), $"{step.Name} differs");
                trace = trace[result.Bytes.Length..];
            }
        }

        Assert.Equal(0, trace.Length);
    }

    public void Dispose() => folder.Dispose();

    private static ImmutableArray<ImmutableArray<Tensor>> RandomInputs(ModelPlan plan)
    {
        var random = new Random(6);
        return [.. Enumerable.Range(0, Samples).Select(_ => plan.Inputs.Select(input => RandomInput(random, plan.Values[input].Type)).ToImmutableArray())];
    }

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
