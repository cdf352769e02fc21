using System.Globalization;
using System.Text;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Benchmarks;

/// <summary>
/// A quantized model layer by layer, beside ONNX Runtime without optimizations: steps apart where each layer reads what the one
/// before it computed (own), and where it reads ONNX Runtime's integers (forced), so that what it inherits is left out.
/// </summary>
internal static class Layers
{
    private const int Bins = 4;

    /// <param name="import">Extents of symbolic dimensions.</param>
    /// <param name="data">Pictures or arrays; null for random inputs.</param>
    /// <returns>A table.</returns>
    public static string Of(string model, ImportOptions import, string? data, DataOptions preprocessing, int count, RoundingProfile? rounding)
    {
        var diagnostics = new DiagnosticBag();
        var compiler = new ModelCompiler(new CompileOptions(model, import, Calibration: data, DataOptions: preprocessing) { Rounding = rounding }, diagnostics);
        Graph canonical = compiler.Load();
        ModelPlan plan = Planner.Plan(compiler.Lower(canonical), new PlanOptions(), model);
        DataInput[] inputs = [.. DataInput.Of(canonical)];
        DataSet set = data is null ? DataSet.Noise(inputs, count, 7) : DataSet.Open(data, inputs, preprocessing, diagnostics);
        using var stated = new StatedTensors(model, diagnostics);
        var layers = plan.Steps.Select(_ => new Layer(new long[Bins], new long[Bins])).ToArray();
        for (int i = 0; i < Math.Min(count, set.Count); i++)
            Sample(plan, set.Sample(i), stated.Run(set.Sample(i)), layers);
        return string.Concat(diagnostics.Items.Select(item => item + "\n")) + Text(plan, layers);
    }

    private static void Sample(ModelPlan plan, IReadOnlyDictionary<string, Tensor> sample, Dictionary<string, Tensor> expected, Layer[] layers)
    {
        var own = new Tensor?[plan.Values.Length];
        var forced = new Tensor?[plan.Values.Length];
        foreach (int i in plan.Inputs)
        {
            own[i] = Boundary.ToGraph(sample[plan.Values[i].Name], plan.Values[i].Type);
            forced[i] = expected.TryGetValue(plan.Values[i].Name, out Tensor? tensor) ? tensor : own[i];
            Console.Error.WriteLine($"input {plan.Values[i].Name}: {Steps(own[i]!, forced[i]!, new long[Bins])}");
        }

        foreach (PlanStep step in plan.Steps)
        {
            PlanValue result = plan.Values[step.Result];
            own[step.Result] = KernelRunner.Run(step.Kernel, [.. step.Operands.Select(i => Load(plan, own, i))], result.Type.Element, result.Type.Shape);
            Tensor alone = KernelRunner.Run(step.Kernel, [.. step.Operands.Select(i => Load(plan, forced, i))], result.Type.Element, result.Type.Shape);
            forced[step.Result] = alone;
            if (!expected.TryGetValue(result.Name, out Tensor? tensor) || Laid(tensor, result.Type.Shape) is not { } reference || result.Type.Element != ElementType.I8)
                continue;
            forced[step.Result] = reference;
            Steps(own[step.Result]!, reference, layers[step.Index].Own);
            Steps(alone, reference, layers[step.Index].Forced);
        }
    }

    // Images channels-last, as kernels have them; null if it is another tensor.
    private static Tensor? Laid(Tensor tensor, Shape wanted)
    {
        if (tensor.Shape.Rank == 4 && wanted.SequenceEqual([tensor.Shape[0], tensor.Shape[2], tensor.Shape[3], tensor.Shape[1]]))
            return ChannelsLast(tensor, wanted);
        return tensor.Shape == wanted ? tensor : null;
    }

    private static Tensor ChannelsLast(Tensor tensor, Shape shape)
    {
        int channels = shape[3], pixels = shape[1] * shape[2];
        ReadOnlySpan<sbyte> source = tensor.Span<sbyte>();
        var values = new sbyte[source.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = source[(((i / channels / pixels * channels) + (i % channels)) * pixels) + (i / channels % pixels)];
        return Tensor.Of(shape, values);
    }

    private static Tensor Load(ModelPlan plan, Tensor?[] tensors, int index)
    {
        PlanValue value = plan.Values[index], root = plan.Values[value.Root];
        if (root.Place == Place.Weights && tensors[value.Root] is null)
            tensors[value.Root] = Tensor.FromBytes(root.Type.Element, root.Type.Shape, plan.Weights.Bytes.AsSpan((int)root.Offset, (int)root.Type.Bytes).ToArray());
        return tensors[value.Root]!.Reshape(value.Type.Shape);
    }

    private static long Steps(Tensor actual, Tensor expected, long[] histogram)
    {
        ReadOnlySpan<sbyte> a = actual.Span<sbyte>(), b = expected.Span<sbyte>();
        for (int i = 0; i < a.Length; i++)
            histogram[Math.Min(Math.Abs(a[i] - b[i]), Bins - 1)]++;
        return histogram.Skip(1).Sum();
    }

    private static string Text(ModelPlan plan, Layer[] layers)
    {
        var text = new StringBuilder();
        text.AppendLine("step kernel    own: 0, 1, 2, 3+ steps apart, %                  forced: same");
        foreach (PlanStep step in plan.Steps)
            text.AppendLine(CultureInfo.InvariantCulture, $"{step.Index,4} {step.Kernel.Shape,-10}{Shares(layers[step.Index].Own)}   {Shares(layers[step.Index].Forced)}  {plan.Values[step.Result].Name}");
        return text.ToString();
    }

    private static string Shares(long[] histogram) => histogram.Sum() is var all && all > 0
        ? string.Concat(histogram.Select(n => (100.0 * n / all).ToString("f4", CultureInfo.InvariantCulture).PadLeft(9)))
        : new string(' ', 9 * Bins);

    /// <summary>Elements by steps apart.</summary>
    private sealed record Layer(long[] Own, long[] Forced);
}
