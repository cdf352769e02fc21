using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>Runs a canonical graph in float over samples and keeps the range of every float value. Memory does not depend on the number of samples.</summary>
public static class Calibrator
{
    /// <param name="samples">The inputs of each sample by name.</param>
    /// <param name="done">Told how many samples are done.</param>
    /// <exception cref="DiagnosticException">A value became NaN or infinite.</exception>
    public static Dictionary<string, ValueRange> Calibrate(
        Graph graph, IEnumerable<IReadOnlyDictionary<string, Tensor>> samples, QuantizeOptions options, string model, Action<int>? done = null)
    {
        var observers = new Dictionary<string, RangeObserver>();
        bool histogram = options.Method == CalibrationMethod.Percentile;
        int count = 0;
        foreach (IReadOnlyDictionary<string, Tensor> sample in samples)
        {
            GraphEvaluator.Evaluate(graph, sample, (value, tensor) =>
            {
                if (tensor.Element != ElementType.F32)
                    return;
                if (!observers.TryGetValue(value, out RangeObserver? observer))
                    observers[value] = observer = new();
                observer.Observe(tensor.Span<float>(), histogram);
            });
            done?.Invoke(++count);
        }

        var bag = new DiagnosticBag();
        foreach ((string value, _) in observers.Where(pair => pair.Value.SawNonFinite))
            bag.Add(QuantizeDiagnostics.NotFinite($"{model}({graph.Producer(value)?.Origin ?? Origin.None} -> {value})"));
        bag.ThrowIfErrors();
        return observers.ToDictionary(
            pair => pair.Key, pair => histogram ? pair.Value.Percentile(options.Percent) : pair.Value.MinMax);
    }
}
