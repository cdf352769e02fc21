using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Quantize.Calibration;

/// <summary>
/// Runs a canonical graph in float over samples and keeps statistics of every float value, in memory that does not depend on
/// the number of samples. Samples run on all cores; the result is the same for any number of threads, since counts and extremes
/// do not depend on an order, and what does, moving averages, is brought up to date in the samples' order.
/// </summary>
public static class GraphStatistics
{
    // As many samples as may wait for the slowest of them.
    private const int BlockSize = 64;

    /// <param name="samples">How many samples there are.</param>
    /// <param name="sample">The inputs by name. Called from several threads.</param>
    /// <param name="model">The model's file name, for diagnostics.</param>
    /// <param name="done">Told how many samples are done, from several threads.</param>
    /// <param name="threads">At most so many threads; null for all cores.</param>
    /// <returns>In the order in which the graph computes the values.</returns>
    /// <exception cref="DiagnosticException">A value became NaN or infinite (EC3011), or a sample cannot be had.</exception>
    public static ImmutableArray<ObservedValue> Collect(
        Graph graph, int samples, Func<int, IReadOnlyDictionary<string, Tensor>> sample, string model, Action<int>? done = null, int? threads = null)
    {
        ImmutableArray<ObservedValue> values =
            [.. Values(graph).Select(name => new ObservedValue(name, new(), new(), new()))];
        Dictionary<string, int> places = values.Index().ToDictionary(pair => pair.Item.Name, pair => pair.Index);
        var extremes = new ValueRange?[BlockSize, values.Length];
        int count = 0;
        for (int first = 0; first < samples; first += BlockSize)
        {
            int start = first, size = Math.Min(BlockSize, samples - first);
            ParallelWork.Each(size, i =>
            {
                GraphEvaluator.Evaluate(graph, sample(start + i), (name, tensor) =>
                {
                    if (!places.TryGetValue(name, out int place))
                        return;
                    ObservedValue value = values[place];
                    extremes[i, place] = Half(value, start + i).Observe(tensor.Span<float>());
                });
                done?.Invoke(Interlocked.Increment(ref count));
            }, threads);
            for (int i = 0; i < size; i++)
                Advance(values, extremes, i, start + i);
        }

        Refuse(graph, values, model);
        return values;
    }

    /// <summary>The values of a graph that have a range: those of single precision, in the order in which they are computed.</summary>
    public static IEnumerable<string> Values(Graph graph) =>
        graph.Inputs.Concat(graph.Nodes.SelectMany(node => node.Outputs)).Where(name => name.Length > 0 && graph.TypeOf(name).Element == ElementType.F32);

    private static ValueStatistics Half(ObservedValue value, int sample) => sample % 2 == 0 ? value.Even : value.Odd;

    private static void Advance(ImmutableArray<ObservedValue> values, ValueRange?[,] extremes, int row, int sample)
    {
        for (int place = 0; place < values.Length; place++)
        {
            if (extremes[row, place] is not { } range)
                continue;
            values[place].Moving.Add(range);
            Half(values[place], sample).Moving.Add(range);
        }
    }

    private static void Refuse(Graph graph, ImmutableArray<ObservedValue> values, string model)
    {
        var bag = new DiagnosticBag();
        foreach (ObservedValue value in values.Where(value => value.Even.SawNonFinite || value.Odd.SawNonFinite))
            bag.Add(QuantizeDiagnostics.NotFinite($"{model}({graph.Producer(value.Name)?.Origin ?? Origin.None} -> {value.Name})"));
        bag.ThrowIfErrors();
    }
}
