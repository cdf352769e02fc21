// tiny: runs the model on stored samples. A file of samples holds, for each, all inputs in order, dense.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Edgec.Models;

/// <summary>Compares the model with what the reference computed, shows every step's result, measures.</summary>
public sealed class Check
{
    // How far a float output may lie from the reference, relative to the output's largest element: mathematical functions
    // differ in the last place from one machine to the next. Integers must be equal.
    private const float FloatBound = 1e-4f;
    private readonly sbyte[] inputImage = new sbyte[TinyModel.ImageCount];
    private readonly sbyte[] outputScores = new sbyte[TinyModel.ScoresCount];
    private readonly float[] outputShares = new float[TinyModel.SharesCount];
    private readonly byte[] arena = new byte[TinyModel.ArenaBytes];

    private static int InputBytes => 192;

    private static int OutputBytes => 25;

    /// <summary>For each sample, the dense bytes of every step's result, in the order of the steps.</summary>
    /// <exception cref="InvalidDataException">The inputs end within a sample.</exception>
    public static byte[] Trace(byte[] inputs)
    {
        var check = new Check();
        using var trace = new MemoryStream();
        for (int sample = 0; sample < Samples(inputs); sample++)
        {
            check.Read(inputs, sample);
            check.Run((_, result) => trace.Write(result));
        }

        return trace.ToArray();
    }

    /// <summary>How many samples have an output that differs; says which.</summary>
    /// <exception cref="InvalidDataException">The files do not hold the same number of whole samples, or none.</exception>
    public static int Differences(byte[] inputs, byte[] outputs, TextWriter says)
    {
        int samples = Samples(inputs), failures = 0;
        if (samples == 0 || outputs.Length != (long)samples * OutputBytes)
            throw new InvalidDataException($"{samples} samples need {(long)samples * OutputBytes} bytes of outputs, but there are {outputs.Length}");
        var check = new Check();
        for (int sample = 0; sample < samples; sample++)
        {
            check.Read(inputs, sample);
            check.Run(observe: null);
            string[] different = [.. check.Different(outputs.AsSpan(sample * OutputBytes, OutputBytes))];
            foreach (string name in different)
                says.WriteLine($"sample {sample}: output {name} differs");
            failures += different.Length == 0 ? 0 : 1;
        }

        return failures;
    }

    /// <summary>Milliseconds of each of some runs on the first sample, fastest first, after one that warms up.</summary>
    public static double[] Times(byte[] inputs, int runs)
    {
        var check = new Check();
        if (Samples(inputs) > 0)
            check.Read(inputs, 0);
        check.Run(observe: null);
        var times = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            check.Run(observe: null);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }

    // A model without inputs has one sample, of no bytes.
    private static int Samples(byte[] inputs)
    {
        if (InputBytes == 0)
            return 1;
        return inputs.Length % InputBytes == 0 ? inputs.Length / InputBytes : throw new InvalidDataException("the inputs end within a sample");
    }

    private void Read(byte[] inputs, int sample)
    {
        ReadOnlySpan<byte> rest = inputs.AsSpan(sample * InputBytes, InputBytes);
        rest = Take(rest, MemoryMarshal.AsBytes(inputImage.AsSpan()));
        Debug.Assert(rest.IsEmpty);
    }

    private void Run(TinyModel.StepObserver? observe) =>
        TinyModel.Run(inputImage, outputScores, outputShares, arena, observe);

    // The names of the outputs that are not as expected.
    private List<string> Different(ReadOnlySpan<byte> expected)
    {
        List<string> names = [];
        if (!Equal(outputScores, ref expected))
            names.Add("scores");
        if (!Close(outputShares, ref expected))
            names.Add("shares");
        return names;
    }

    private static bool Close(float[] actual, ref ReadOnlySpan<byte> rest)
    {
        var expected = new float[actual.Length];
        rest = Take(rest, MemoryMarshal.AsBytes(expected.AsSpan()));
        float most = 0;
        foreach (float value in expected)
            most = MathF.Max(most, MathF.Abs(value));
        for (int i = 0; i < actual.Length; i++)
        {
            bool same = actual[i].Equals(expected[i]) || MathF.Abs(actual[i] - expected[i]) <= FloatBound * most + 1e-7f;
            if (!same)
                return false;
        }

        return true;
    }

    private static bool Equal<T>(T[] actual, ref ReadOnlySpan<byte> rest) where T : unmanaged
    {
        var expected = new T[actual.Length];
        rest = Take(rest, MemoryMarshal.AsBytes(expected.AsSpan()));
        return MemoryMarshal.AsBytes(actual.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(expected.AsSpan()));
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> source, Span<byte> target)
    {
        source[..target.Length].CopyTo(target);
        return source[target.Length..];
    }
}
