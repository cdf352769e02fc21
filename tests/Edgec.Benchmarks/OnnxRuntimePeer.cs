using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Edgec.Benchmarks;

/// <summary>ONNX Runtime on the same model: one thread, its own optimisations on, zeros as input.</summary>
internal sealed class OnnxRuntimePeer : IDisposable
{
    private const int Runs = 20;

    private readonly InferenceSession session;
    private readonly RunOptions options = new();
    private readonly Dictionary<string, OrtValue> inputs;

    public OnnxRuntimePeer(string model)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        session = new(model, settings);
        inputs = session.InputMetadata.ToDictionary(input => input.Key, input =>
        {
            long[] shape = [.. input.Value.Dimensions.Select(extent => Math.Max(1L, extent))];
            return OrtValue.CreateTensorValueFromMemory(new float[shape.Aggregate(1L, (a, b) => a * b)], shape);
        });
    }

    /// <summary>The median of a few runs.</summary>
    public double Milliseconds()
    {
        var times = new double[Runs];
        for (int i = 0; i < Runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, inputs, session.OutputNames);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Runs / 2];
    }

    public void Dispose()
    {
        foreach (OrtValue value in inputs.Values)
            value.Dispose();
        options.Dispose();
        session.Dispose();
    }
}
