using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;

namespace Edgec.Tests.Emit;

/// <summary>Random kernels of every shape, and those at the edges of what a shape allows. Seeded: the same on every run.</summary>
internal static class KernelCases
{
    private static readonly WindowGeometry Plain = new(1, 9, 8, 4, 9, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1);

    public static IEnumerable<KernelCase> Windows(ElementType element, int count)
    {
        var random = new Random(1);
        (string Label, WindowGeometry Geometry)[] edges =
        [
            ("first_layer", new(2, 11, 10, 3, 6, 5, 10, 3, 3, 2, 2, 1, 1, 1, 1, 1)),
            ("depthwise", new(1, 7, 9, 35, 7, 9, 35, 3, 3, 1, 1, 1, 1, 1, 1, 35)),
            ("depthwise_wide", new(1, 20, 20, 2, 20, 20, 2, 17, 17, 1, 1, 1, 1, 8, 8, 2)),
            ("depth_multiplier", new(1, 6, 6, 3, 6, 6, 9, 3, 3, 1, 1, 1, 1, 1, 1, 3)),
            ("grouped_dilated", new(1, 9, 9, 6, 5, 5, 4, 3, 3, 1, 1, 2, 2, 0, 0, 2)),
            ("many_elements", new(1, 3, 3, 4096, 2, 2, 3, 3, 3, 1, 1, 1, 1, 0, 0, 1)),
            ("padding_beyond", new(1, 2, 2, 3, 6, 6, 5, 2, 2, 1, 1, 1, 1, 3, 3, 1)),
            ("cropped", new(1, 9, 9, 3, 3, 3, 5, 2, 2, 2, 2, 1, 1, -2, -1, 1)),
            ("one_dimensional", new(1, 1, 30, 5, 1, 15, 7, 1, 5, 1, 2, 1, 1, 0, 2, 1)),
        ];
        foreach ((string label, WindowGeometry g) in edges)
            yield return Convolution(random, "convolve " + label, element, g);
        for (int i = 0; i < count; i++)
            yield return Convolution(random, $"convolve {i}", element, RandomWindow(random));
        if (element == ElementType.I8)
        {
            foreach ((string label, WindowGeometry g) in edges.Take(6))
                yield return Thresholds(random, "thresholds " + label, g);
        }

        foreach (bool countPadding in (bool[])[false, true])
            yield return Average(random, $"average {countPadding}", element, Plain with { Channels = 70, OutChannels = 70, StrideX = 2, OutWidth = 4 }, countPadding);
        yield return Average(random, "average nothing", element, Plain with { Channels = 3, OutChannels = 3, PadTop = 4, PadLeft = 3 }, false);
        yield return Maximum("maximum", element, Plain with { Channels = 5, OutChannels = 5, StrideY = 2, OutHeight = 5 });
        yield return Maximum("maximum nothing", element, Plain with { Channels = 40, OutChannels = 40, PadTop = 4, DilationX = 2 });
    }

    public static IEnumerable<KernelCase> Matmuls(ElementType element)
    {
        var random = new Random(2);
        (MatmulGeometry Geometry, bool Constant, bool Bias)[] cases =
        [
            (new(1, 1, 100, 10, true, false, true), true, true),
            (new(1, 13, 37, 6, true, false, true), true, false),
            (new(3, 9, 16, 16, true, false, true), true, true),
            (new(1, 8, 1, 3, true, false, true), true, true),
            (new(3, 10, 33, 5, true, false, false), false, false),
            (new(2, 4, 20, 70, false, false, false), false, true),
            (new(2, 4, 7, 9, false, true, false), false, false),
            (new(2, 4, 7, 9, true, false, true), false, true),
            (new(1, 70, 33, 27, true, false, true), true, true),
            (new(1, 6, 4608, 24, true, false, true), true, false),
            (new(1, 66, 1030, 19, true, false, true), true, true),
        ];
        for (int i = 0; i < cases.Length; i++)
        {
            (MatmulGeometry g, bool constant, bool bias) = cases[i];
            Shape left = [g.BroadcastLeft ? 1 : g.Batch, g.Rows, g.Inner];
            Shape right = [g.BroadcastRight ? 1 : g.Batch, g.RightTransposed ? g.Columns : g.Inner, g.RightTransposed ? g.Inner : g.Columns];
            Tensor? weights = constant ? Values(random, element, g.Columns, g.Inner) : null;
            var kernel = new MatmulKernel(
                g, weights, bias ? Bias(random, element, g.Columns) : null, Finish(random, element, g.Columns, element == ElementType.I16 && !constant ? 0.00001 : 0.002),
                Zero(random, element), constant ? 0 : Zero(random, element));
            yield return new($"matmul {i}", kernel, element, [g.Batch, g.Rows, g.Columns], constant ? [left] : [left, right]);
            if (element == ElementType.I8)
            {
                kernel = kernel with { Finish = ThresholdFinish(random, i % 2 == 0 ? g.Columns : 1, 7) };
                yield return new($"matmul thresholds {i}", kernel, element, [g.Batch, g.Rows, g.Columns], constant ? [left] : [left, right]);
            }
        }
    }

    /// <summary>A product whose multiplied sums need more than 32 bits, in some columns or in all, before they are clamped.</summary>
    public static IEnumerable<KernelCase> Loud()
    {
        var random = new Random(12);
        foreach (double scale in (double[])[1, 20000])
        {
            var kernel = new MatmulKernel(
                new(1, 9, 900, 27, true, false, true), RandomTensor.I8(random, 27, 900), null, RequantizeModel.RandomFinish(random, 27, scale, -127, 126), random.Next(-128, 128));
            yield return new($"matmul loud {scale}", kernel, ElementType.I8, [1, 9, 27], [1, 9, 900]);
        }
    }

    /// <summary>Convolutions and products with weights of 4 bits.</summary>
    public static IEnumerable<KernelCase> Packed(ElementType element) => Windows(element, 12).Concat(Matmuls(element))
        .Append(LongRow(element)).Select(Packed).OfType<KernelCase>();

    /// <summary>The same with a multiplier for every few weights.</summary>
    public static IEnumerable<KernelCase> Grouped()
    {
        var random = new Random(5);
        return Packed(ElementType.I8).Select((c, i) => c with
        {
            Kernel = c.Kernel switch
            {
                WindowKernel { Weights: { } w } k => k with { Groups = Groups(random, w, i), Finish = Finish(random, ElementType.I8, w.Shape[0], 0.0005) },
                MatmulKernel { Weights: { } w } k => k with { Groups = Groups(random, w, i), Finish = Finish(random, ElementType.I8, w.Shape[0], 0.0001) },
                var other => other,
            },
        });
    }

    private static WeightGroups Groups(Random random, Tensor weights, int i)
    {
        int inner = weights.Count / weights.Shape[0], size = Math.Min(inner, 2 + 5 * (i % 8)), groups = (inner + size - 1) / size;
        return new(size, Tensor.Of<byte>([weights.Shape[0], groups], [.. Enumerable.Range(0, weights.Shape[0] * groups).Select(_ => (byte)random.Next(1, 256))]));
    }

    private static KernelCase LongRow(ElementType element)
    {
        var random = new Random(4);
        var geometry = new MatmulGeometry(1, 3, 5001, 3, true, false, true);
        var kernel = new MatmulKernel(geometry, Values(random, element, 3, 5001), null, Finish(random, element, 3, 0.0001), Zero(random, element));
        return new("matmul long", kernel, element, [3, 3], [3, 5001]);
    }

    public static KernelCase? Packed(KernelCase c) => c.Kernel switch
    {
        WindowKernel { Weights: { } w } k => c with { Kernel = k with { Weights = Packed(w) } },
        MatmulKernel { Weights: { } w } k => c with { Kernel = k with { Weights = Packed(w) } },
        _ => null,
    };

    private static Tensor Packed(Tensor weights) =>
        Tensor.PackI4(weights.Shape, [.. weights.Span<sbyte>().ToArray().Select(w => (sbyte)(w >> 4))]);

    /// <summary>Sums along axes and under moving windows, each with parameters of its own.</summary>
    public static IEnumerable<KernelCase> Reductions(ElementType element)
    {
        foreach (KernelCase resample in Resamples(element))
            yield return resample;
        var random = new Random(3);
        foreach (ReduceMode mode in Enum.GetValues<ReduceMode>().Where(mode => mode != ReduceMode.Mean || element.IsFloat()))
        {
            foreach (RowGeometry g in (RowGeometry[])[new(5, 40, 1), new(2, 7, 70), new(1, 49, 33)])
            {
                bool sums = mode is ReduceMode.Sum or ReduceMode.Mean;
                Finish finish = sums ? Finish(random, element, 1, 0.02) : Clamp(element, -100, 90);
                yield return new(
                    $"reduce {mode} {g.Inner}", new ReduceKernel(mode, g, finish, sums ? Zero(random, element) : 0), element, [g.Outer, g.Inner], [g.Outer, g.Length, g.Inner]);
            }
        }
    }

    public static IEnumerable<KernelCase> Moves(ElementType element)
    {
        int size = element.SizeOf();
        yield return new("transpose", new MoveKernel(size, 60, [new(0, [5, 3, 4], [1, 20, 5], [12, 4, 1], 0, 0)]), element, [5, 3, 4], [3, 4, 5]);
        yield return new("concat", new MoveKernel(size, 48, [new(0, [6, 3], [3, 1], [8, 1], 0, 0), new(1, [6, 5], [5, 1], [8, 1], 0, 3)]), element, [6, 8], [6, 3], [6, 5]);
        yield return new("pad", new MoveKernel(size, 30, [new(0, [3, 4], [4, 1], [6, 1], 0, 7)], Fill: element == ElementType.F32 ? BitConverter.SingleToInt32Bits(-1.5f) : -7), element, [5, 6], [3, 4]);
        yield return new("resize", new MoveKernel(size, 48, [new(0, [2, 2, 3, 2, 2], [6, 0, 2, 0, 1], [24, 12, 4, 2, 1], 0, 0)]), element, [4, 6, 2], [2, 3, 2]);
        yield return new("reverse", new MoveKernel(size, 7, [new(0, [7], [-1], [1], 6, 0)]), element, [7], [7]);
        yield return new("one", new MoveKernel(size, 1, [new(0, [], [], [], 4, 0), new(0, [2, 0], [1, 1], [1, 1], 0, 0)]), element, [1], [7]);
        yield return new("three", new MoveKernel(size, 9, [new(0, [3], [1], [3], 0, 0), new(1, [3], [1], [3], 0, 1), new(2, [3], [1], [3], 0, 2)]), element, [9], [3], [3], [3]);
    }

    private static IEnumerable<KernelCase> Resamples(ElementType element)
    {
        var random = new Random(7);
        foreach (ResampleGeometry g in (ResampleGeometry[])[new(2, 5, 4, 70, 7, 9, 2, 3), new(3, 6, 1, 5, 11, 1, 4, 1), new(6, 3, 8, 1, 3, 5, 1, 2)])
        {
            Tensor rows = Weights(random, element, g.OutHeight, g.RowTaps), columns = Weights(random, element, g.OutWidth, g.ColumnTaps);
            var kernel = new ResampleKernel(
                g, Starts(random, g.OutHeight, g.Height - g.RowTaps), rows, Starts(random, g.OutWidth, g.Width - g.ColumnTaps), columns,
                element == ElementType.F32 ? FloatFinish.Identity : Finish(random, element, 1, 0.0001), Zero(random, element));
            yield return new($"resample {g.Inner}", kernel, element, [g.Outer, g.OutHeight, g.OutWidth, g.Inner], [g.Outer, g.Height, g.Width, g.Inner]);
        }

        static Tensor Starts(Random random, int count, int most) => Tensor.Of([count], [.. Enumerable.Range(0, count).Select(_ => random.Next(most + 1))]);

        static Tensor Weights(Random random, ElementType element, int count, int taps) => element == ElementType.F32
            ? RandomTensor.F32(random, count, taps)
            : Tensor.Of([count, taps], [.. Enumerable.Range(0, count * taps).Select(_ => (short)random.Next(-200, 600))]);
    }

    public static KernelCase Convolution(Random random, string label, ElementType element, WindowGeometry g)
    {
        int perGroup = g.Channels / g.Groups, inner = g.KernelHeight * g.KernelWidth * perGroup;
        var kernel = new WindowKernel(
            WindowMode.Convolution, g, Values(random, element, g.OutChannels, g.KernelHeight, g.KernelWidth, perGroup), Bias(random, element, g.OutChannels),
            Finish(random, element, g.OutChannels, 0.06 / inner), Zero(random, element));
        return Window(label, element, kernel);
    }

    private static KernelCase Thresholds(Random random, string label, WindowGeometry g)
    {
        KernelCase convolution = Convolution(random, label, ElementType.I8, g);
        return convolution with { Kernel = (WindowKernel)convolution.Kernel with { Finish = ThresholdFinish(random, g.OutChannels, random.Next(1, 20)) } };
    }

    // Rows of unevenly spaced thresholds, as many rising as falling.
    private static ThresholdFinish ThresholdFinish(Random random, int channels, int count)
    {
        int[] thresholds = [.. Enumerable.Range(0, channels).SelectMany(_ => Enumerable.Range(0, count).Select(_ => random.Next(-20000, 20000)).Order())];
        sbyte[] steps = [.. Enumerable.Range(0, channels).Select(_ => (sbyte)(random.Next(2) == 0 ? 1 : -2))];
        return new(Tensor.Of([channels, count], thresholds), Tensor.Of([channels], [.. steps.Select(step => (sbyte)(step < 0 ? 60 : -7))]), Tensor.Of([channels], steps));
    }

    public static KernelCase Average(Random random, string label, ElementType element, WindowGeometry g, bool countPadding)
    {
        // One multiplier for each number of positions, from none to all.
        double[] ratios = [1, .. Enumerable.Range(1, g.KernelHeight * g.KernelWidth).Select(n => 0.9 / n)];
        Finish finish = element switch
        {
            ElementType.I8 => FixedPoint.Finish(ratios, -4, -120, 125)!,
            ElementType.I16 => FixedPoint.Finish(ratios, 0, -32000, 32500, bits: 24)!,
            _ => FloatFinish.Identity,
        };
        return Window(label, element, new(WindowMode.Average, g with { Groups = 1 }, null, null, finish, Zero(random, element), countPadding));
    }

    public static KernelCase Maximum(string label, ElementType element, WindowGeometry g) =>
        Window(label, element, new(WindowMode.Maximum, g, null, null, Clamp(element, -110, 100)));

    private static KernelCase Window(string label, ElementType element, WindowKernel kernel)
    {
        WindowGeometry g = kernel.Geometry;
        return new(label, kernel, element, [g.Batch, g.OutHeight, g.OutWidth, g.OutChannels], [g.Batch, g.Height, g.Width, g.Channels]);
    }

    private static WindowGeometry RandomWindow(Random random)
    {
        int groups = random.Next(3) == 0 ? 2 : 1;
        int channels = groups * random.Next(1, 12), outs = groups * random.Next(1, 12);
        int kh = random.Next(1, 5), kw = random.Next(1, 5), sy = random.Next(1, 4), sx = random.Next(1, 4);
        int dy = random.Next(1, 3), dx = random.Next(1, 3), height = random.Next(kh * dy, 14), width = random.Next(kw * dx, 14);
        int top = random.Next(kh), left = random.Next(kw), bottom = random.Next(kh), right = random.Next(kw);
        int outHeight = (height + top + bottom - (kh - 1) * dy - 1) / sy + 1, outWidth = (width + left + right - (kw - 1) * dx - 1) / sx + 1;
        return new(random.Next(1, 3), height, width, channels, outHeight, outWidth, outs, kh, kw, sy, sx, dy, dx, top, left, groups);
    }

    public static Tensor Values(Random random, ElementType element, params int[] extents) =>
        element == ElementType.F32 ? RandomTensor.F32(random, extents) : RandomTensor.I8(random, extents);

    public static Tensor Bias(Random random, ElementType element, int count) =>
        element == ElementType.F32 ? RandomTensor.F32(random, count) : RandomTensor.I32(random, element == ElementType.I16 ? 1_000_000 : 5000, count);

    public static Finish Finish(Random random, ElementType element, int count, double scale) =>
        element switch
        {
            ElementType.I8 => RequantizeModel.RandomFinish(random, count, scale, -127, 126),
            ElementType.I16 => RequantizeModel.RandomFinish(random, count, scale, -32700, 32600, bits: 24),
            _ => new FloatFinish(-30, float.PositiveInfinity),
        };

    private static Finish Clamp(ElementType element, int lo, int hi) =>
        element switch
        {
            ElementType.I8 => new ClampFinish(lo, hi),
            ElementType.I16 => new ClampFinish(256 * lo, 256 * hi),
            _ => new FloatFinish(lo / 64f, hi / 64f),
        };

    public static int Zero(Random random, ElementType element) => element == ElementType.I8 ? random.Next(-128, 128) : 0;
}
