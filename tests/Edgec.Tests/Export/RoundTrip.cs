using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Diagnostics;
using Edgec.Export;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Edgec.Tests.Passes;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.Export;

/// <summary>A graph quantized, written as ONNX, read again: the integers must be the same.</summary>
internal static class RoundTrip
{
    /// <summary>Quantizes a canonical graph with ranges seen on a few random inputs.</summary>
    public static Graph Quantize(Graph canonical, PrecisionPlan? plan = null)
    {
        IReadOnlyDictionary<string, Tensor>[] samples = [.. Enumerable.Range(1, 3).Select(seed => RandomInputs.For(canonical, seed))];
        Dictionary<string, ValueRange> ranges = Calibrator.Calibrate(canonical, samples, new(), "t.onnx");
        return Quantizer.Quantize(canonical, ranges, plan ?? PrecisionPlan.W8A8, new DiagnosticBag(), "t.onnx");
    }

    /// <summary>The canonical graph of an imported one.</summary>
    public static Graph Prepare(Graph imported) => Run(Pipelines.Prepare, imported);

    public static Graph Run(Pipeline passes, Graph graph)
    {
        var bag = new DiagnosticBag();
        Graph result = passes.Run(graph, new PassContext("t.onnx", bag));
        bag.ThrowIfErrors();
        return result;
    }

    public static ModelProto Write(Graph typed, Graph canonical, OnnxDialect dialect, DiagnosticBag? bag = null) =>
        OnnxWriter.Write(typed, canonical, dialect, "edgec 1.0.0", "t.onnx", bag ?? new());

    /// <summary>A model as the typed integer graph that compiling makes of it; nothing in it may need a range.</summary>
    public static Graph Read(ModelProto model, PrecisionPlan? plan = null)
    {
        var bag = new DiagnosticBag();
        Graph imported = ModelImporter.Import(new OnnxFile("t.onnx", "/", ModelProto.Parser.ParseFrom(model.ToByteArray())), ImportOptions.None, bag);
        bag.ThrowIfErrors();
        Graph canonical = Prepare(imported);
        Assert.Empty(Quantizer.Unstated(canonical, plan ?? PrecisionPlan.W8A8));
        Graph typed = Quantizer.Quantize(canonical, new Dictionary<string, ValueRange>(), plan ?? PrecisionPlan.W8A8, bag, "t.onnx");
        Assert.DoesNotContain(bag.Items, item => item.Severity == Severity.Warning);
        return typed;
    }

    /// <summary>Writes, reads and compares.</summary>
    /// <returns>The model.</returns>
    public static ModelProto Check(Graph typed, Graph canonical, OnnxDialect dialect, PrecisionPlan? plan = null)
    {
        ModelProto model = Write(typed, canonical, dialect);
        AssertSameIntegers(typed, Read(model, plan));
        return model;
    }

    /// <summary>Both graphs take the same inputs and give the same integers, on random ones, rounded as the first is: ONNX states ties to even.</summary>
    public static void AssertSameIntegers(Graph before, Graph after)
    {
        after = after.With(rounding: before.Rounding);
        Assert.Equal(before.Inputs.Select(before.TypeOf), after.Inputs.Select(after.TypeOf));
        Assert.Equal(before.Outputs.Select(before.TypeOf), after.Outputs.Select(after.TypeOf));
        ModelPlan first = Planner.Plan(before, new PlanOptions(), "t.onnx"), second = Planner.Plan(after, new PlanOptions(), "t.onnx");
        for (int seed = 0; seed < 2; seed++)
        {
            var random = new Random(seed);
            Tensor[] inputs = [.. before.Inputs.Select(input => Bytes(random, before.TypeOf(input)))];
            ImmutableArray<Tensor> expected = ReferenceRunner.Run(first, inputs), actual = ReferenceRunner.Run(second, inputs);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i].Bytes.ToArray(), actual[i].Bytes.ToArray());
        }
    }

    private static Tensor Bytes(Random random, TensorType type)
    {
        Tensor tensor = Tensor.Zeros(type.Element, type.Shape);
        if (type.Element != ElementType.F32)
        {
            random.NextBytes(tensor.WritableBytes);
            return tensor;
        }

        foreach (ref float value in tensor.Span<float>())
            value = random.NextSingle() * 4 - 2;
        return tensor;
    }
}
