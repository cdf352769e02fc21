// tiny: a neural network in C#. Generated; do not edit.
using System.Runtime.InteropServices;
using Edgec.Runtime.Kernels;

namespace Edgec.Models;

/// <summary>Computes the outputs of one sample at a time. Nothing is kept between runs; any number may go on at once.</summary>
public static class TinyModel
{
    /// <summary>Bytes of working memory of a run. Nothing in it outlives the run.</summary>
    public const int ArenaBytes = 256;

    // Input "image".
    public const int ImageCount = 192;

    public static ReadOnlySpan<int> ImageShape => [1, 8, 8, 3];

    /// <summary>real = ImageScale · (q - ImageZero).</summary>
    public const float ImageScale = 0.0078125f;

    /// <summary>The integer that stands for 0.</summary>
    public const int ImageZero = -1;

    // Output "scores".
    public const int ScoresCount = 5;

    public static ReadOnlySpan<int> ScoresShape => [1, 5];

    /// <summary>real = ScoresScale · (q - ScoresZero).</summary>
    public const float ScoresScale = 0.1f;

    /// <summary>The integer that stands for 0.</summary>
    public const int ScoresZero = 4;

    // Output "shares".
    public const int SharesCount = 5;

    public static ReadOnlySpan<int> SharesShape => [1, 5];

    // Little-endian, each constant at a multiple of 64 bytes.
    private static readonly byte[] Weights = Load("weights.bin");

    /// <summary>Sees what a step computed, while a run goes on.</summary>
    /// <param name="step">Counted from 0.</param>
    /// <param name="result">Its elements, dense.</param>
    public delegate void StepObserver(int step, ReadOnlySpan<byte> result);

    /// <summary>Reals to the integers the model takes: rounded to even, saturated.</summary>
    public static void QuantizeImage(ReadOnlySpan<float> reals, Span<sbyte> integers) =>
        FloatConversion.Quantize(reals, ImageScale, ImageZero, integers);

    /// <summary>The model's integers to the reals they stand for.</summary>
    public static void DequantizeScores(ReadOnlySpan<sbyte> integers, Span<float> reals) =>
        FloatConversion.Dequantize(integers, ScoresScale, ScoresZero, reals);

    /// <summary>Runs the model. Spans are dense, in row-major order; none may overlap another.</summary>
    /// <param name="arena">At least <see cref="ArenaBytes"/> bytes, of any content.</param>
    /// <param name="observe">Called after every step, if given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A span has not the length it must have.</exception>
    public static void Run(
            ReadOnlySpan<sbyte> image, Span<sbyte> scores, Span<float> shares, Span<byte> arena,
            StepObserver? observe = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(image.Length, ImageCount);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.Length, ScoresCount);
        ArgumentOutOfRangeException.ThrowIfNotEqual(shares.Length, SharesCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(arena.Length, ArenaBytes);
        Span<sbyte> result00 = MemoryMarshal.Cast<byte, sbyte>(arena.Slice(0, 128));
        Span<sbyte> result01 = MemoryMarshal.Cast<byte, sbyte>(arena.Slice(128, 128));
        Span<sbyte> result02 = MemoryMarshal.Cast<byte, sbyte>(arena.Slice(0, 128));
        Span<sbyte> result03 = MemoryMarshal.Cast<byte, sbyte>(arena.Slice(128, 128));
        Span<float> result05 = MemoryMarshal.Cast<byte, float>(arena.Slice(0, 20));

        Step00Conv1(image, result00);
        observe?.Invoke(0, MemoryMarshal.AsBytes(result00));

        Step01Swish(result00, result01);
        observe?.Invoke(1, MemoryMarshal.AsBytes(result01));

        Step02Add(result01, Constant<sbyte>(0, 32), result02);
        observe?.Invoke(2, MemoryMarshal.AsBytes(result02));

        Step03Transpose(result02, result03);
        observe?.Invoke(3, MemoryMarshal.AsBytes(result03));

        Step04Scores(result03, scores);
        observe?.Invoke(4, MemoryMarshal.AsBytes(scores));

        Step05ScoresReal(scores, result05);
        observe?.Invoke(5, MemoryMarshal.AsBytes(result05));

        Step06Shares(result05, shares);
        observe?.Invoke(6, MemoryMarshal.AsBytes(shares));
    }

    // From conv1: window.convolution [1,8,8,3]->[4,4,8] k=3x3 s=2x2 d=1x1 p=1,1 g=1 requantize[8] -128..127; 3,456 MACs.
    private static void Step00Conv1(ReadOnlySpan<sbyte> x, Span<sbyte> y)
    {
        var window = new WindowGeometry(
                Batch: 1, Height: 8, Width: 8, Channels: 3, OutHeight: 4, OutWidth: 4, OutChannels: 8, KernelHeight: 3,
                KernelWidth: 3, StrideY: 2, StrideX: 2, DilationY: 1, DilationX: 1, PadTop: 1, PadLeft: 1, Groups: 1);
        var finish = new Requantizer(Constant<int>(384, 8), Constant<byte>(448, 8), Constant<long>(512, 8), -128, 127);
        IntegerWindow.Convolve(window, x, -1, Constant<sbyte>(64, 216), Constant<int>(320, 8), finish, y, 0, 4);
    }

    // From swish: table 128.
    private static void Step01Swish(ReadOnlySpan<sbyte> x, Span<sbyte> y)
    {
        TableLookup.Map(x, Constant<sbyte>(576, 256), y);
    }

    private static readonly BroadcastGeometry Step02AddLoops = new([4, 32], [[32, 1], [0, 1]]);

    // From add: map.AddStep [4,32].
    private static void Step02Add(ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b, Span<sbyte> y)
    {
        IntegerMap.Add(Step02AddLoops, a, -100, 18000, b, 0, 16384, 15, -3, -128, 127, RoundingProfile.Single, y, 0, 4);
    }

    private static readonly StridedCopy[] Step03TransposeCopies =
    [
        new(0, [8, 16], [1, 8], [16, 1], 0, 0),
    ];

    // From transpose: move 128x1 in 1.
    private static void Step03Transpose(ReadOnlySpan<sbyte> x, Span<sbyte> y)
    {
        Span<byte> target = MemoryMarshal.AsBytes(y);
        Move.Copy(Step03TransposeCopies[0], 1, MemoryMarshal.AsBytes(x), target);
    }

    // From scores: matmul 1x[1,128]x[5] requantize[5] -128..127; 640 MACs.
    private static void Step04Scores(ReadOnlySpan<sbyte> x, Span<sbyte> y)
    {
        var product = new MatmulGeometry(
                Batch: 1, Rows: 1, Inner: 128, Columns: 5, RightTransposed: true, BroadcastLeft: false,
                BroadcastRight: true);
        var finish = new Requantizer(
                Constant<int>(1536, 5), Constant<byte>(1600, 5), Constant<long>(1664, 5), -128, 127);
        IntegerMatmul.Multiply(product, x, -3, Constant<sbyte>(832, 640), 0, Constant<int>(1472, 5), finish, y, 0, 1);
    }

    // From scores/real: convert.dequantize 5.
    private static void Step05ScoresReal(ReadOnlySpan<sbyte> x, Span<float> y)
    {
        FloatConversion.Dequantize(x, 0.1f, 4, y);
    }

    // From shares: row-norm.FloatSoftmaxStep [1,5,1].
    private static void Step06Shares(ReadOnlySpan<float> x, Span<float> y)
    {
        var rows = new RowGeometry(Outer: 1, Length: 5, Inner: 1);
        FloatSoftmax.Normalize(rows, x, logarithm: false, running: false, y, 0, 1);
    }

    private static ReadOnlySpan<T> Constant<T>(int offset, int count) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(Weights.AsSpan(offset))[..count];

    private static byte[] Load(string resource)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("the weights are little-endian");
        using Stream stream = typeof(TinyModel).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not embedded in this assembly");
        var bytes = new byte[1704];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
