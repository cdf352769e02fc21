using System.Globalization;
using System.Text;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Import;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Quantize.Calibration;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace Edgec.Benchmarks;

/// <summary>
/// A quantized model in ONNX Runtime, its optimizations off so that it computes what the model says in float, and as the
/// integers edgec makes of it: how many steps of the output's scale apart, and how often the same class.
/// </summary>
internal static class Agreement
{
    private const int Bins = 6;

    /// <param name="import">Extents of symbolic dimensions.</param>
    /// <param name="data">Pictures or arrays; null for random inputs.</param>
    /// <returns>A table.</returns>
    public static string Of(string model, ImportOptions import, string? data, DataOptions preprocessing, int count, RoundingProfile? rounding)
    {
        var diagnostics = new DiagnosticBag();
        var compiler = new ModelCompiler(new CompileOptions(model, import, Calibration: data, DataOptions: preprocessing) { Rounding = rounding }, diagnostics);
        Graph canonical = compiler.Load(), typed = compiler.Lower(canonical);
        ModelPlan plan = Planner.Plan(typed, new PlanOptions(), model);
        DataInput[] inputs = [.. DataInput.Of(canonical)];
        DataSet set = data is null ? DataSet.Noise(inputs, count, 7) : DataSet.Open(data, inputs, preprocessing, diagnostics);
        count = Math.Min(count, set.Count);
        string output = canonical.Outputs[0];
        double step = typed.TypeOf(output).Quantization?.Scale ?? throw new InvalidOperationException($"{output} is not quantized");
        var comparisons = new One[count];
        using var settings = new SessionOptions { IntraOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        using var session = new InferenceSession(model, settings);
        // The same float graph, laid out for vectors: other orders of summation, and so another rounding of floats.
        using var vectors = new SessionOptions { IntraOpNumThreads = 1 };
        vectors.AddSessionConfigEntry("session.disable_quant_qdq", "1");
        using var relaid = new InferenceSession(model, vectors);
        var itself = new One[count];
        Parallel.For(0, count, i =>
        {
            IReadOnlyDictionary<string, Tensor> sample = set.Sample(i);
            float[] expected = Run(session, sample, output);
            float[] actual = Evaluator.Run(plan, sample)[output].ToF32().Span<float>().ToArray();
            itself[i] = Compare(expected, Run(relaid, sample, output), step, set.Label(i, output));
            comparisons[i] = Compare(expected, actual, step, set.Label(i, output));
        });
        string warnings = string.Concat(diagnostics.Items.Select(item => item + "\n"));
        bool labelled = set.HasLabels(output);
        return $"{warnings}{Path.GetFileNameWithoutExtension(model)}, {plan.Rounding.Text()}: {count} samples against ONNX Runtime without optimizations\n"
            + Text("edgec", comparisons, labelled) + Text("ONNX Runtime in float, optimized", itself, labelled);
    }

    private static float[] Run(InferenceSession session, IReadOnlyDictionary<string, Tensor> sample, string output)
    {
        var feeds = sample.ToDictionary(pair => pair.Key, pair => OrtTensors.Of(pair.Value));
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, feeds, [output]);
        ElementType element = results[0].GetTensorTypeAndShape().ElementDataType switch
        {
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.UInt8 => ElementType.U8,
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int8 => ElementType.I8,
            _ => ElementType.F32,
        };
        byte[] bytes = results[0].GetTensorMutableRawData().ToArray();
        foreach (OrtValue feed in feeds.Values)
            feed.Dispose();
        return Tensor.FromBytes(element, [bytes.Length / element.SizeOf()], bytes).ToF32().Span<float>().ToArray();
    }

    private static One Compare(float[] expected, float[] actual, double step, int? label)
    {
        var histogram = new long[Bins];
        for (int i = 0; i < expected.Length; i++)
            histogram[(int)Math.Min(Math.Round(Math.Abs(expected[i] - actual[i]) / step), Bins - 1)]++;
        int a = Largest(expected), b = Largest(actual);
        double lead = (expected[a] - expected.Where((_, i) => i != a).DefaultIfEmpty(float.NegativeInfinity).Max()) / step;
        return new(histogram, a == b, lead > 2, label == a, label == b);
    }

    private static int Largest(float[] values) => Array.IndexOf(values, values.Max());

    private static string Text(string name, One[] all, bool labelled)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $" {name}");
        long elements = all.Sum(one => one.Histogram.Sum());
        for (int i = 0; i < Bins; i++)
        {
            long number = all.Sum(one => one.Histogram[i]);
            text.AppendLine(CultureInfo.InvariantCulture, $"  {(i == Bins - 1 ? $"{i} or more" : $"{i}"),-9} steps apart {number,9} {100.0 * number / elements,8:f3} %");
        }

        One[] clear = [.. all.Where(one => one.Clear)];
        text.AppendLine(CultureInfo.InvariantCulture, $"  same class {all.Count(one => one.Same)} of {all.Length}; of {clear.Length} whose first two are over 2 steps apart {clear.Count(one => one.Same)}");
        if (labelled)
            text.AppendLine(CultureInfo.InvariantCulture, $"  top-1 ONNX Runtime {100.0 * all.Count(one => one.ExpectedRight) / all.Length:f2} %, {name} {100.0 * all.Count(one => one.ActualRight) / all.Length:f2} %");
        return text.ToString();
    }

    /// <param name="Histogram">Elements by steps apart.</param>
    /// <param name="Clear">The first two classes are over 2 steps apart.</param>
    private sealed record One(long[] Histogram, bool Same, bool Clear, bool ExpectedRight, bool ActualRight);
}
