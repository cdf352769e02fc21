using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;
using Edgec.Tests.Ops;

namespace Edgec.Tests.Emit;

/// <summary>Random kernels that work element by element or row by row. Seeded: the same on every run.</summary>
internal static class ElementwiseCases
{
    private static readonly (Shape Result, Shape A, Shape B)[] Broadcasts =
    [
        ([2, 30, 40], [2, 30, 40], [2, 30, 40]),
        ([2, 5, 6, 7], [2, 5, 6, 7], [7]),
        ([3, 4, 5], [3, 1, 5], [4, 1]),
        ([1], [1], [1]),
    ];

    public static IEnumerable<KernelCase> IntegerMaps()
    {
        MapStep[] steps =
        [
            new AddStep(-7, 20000, 12, 17000, 15, -3, -128, 127),
            new AddStep(0, 16384, 127, -32767, 16, 5, 0, 100),
            new MultiplyStep(-128, 3, 40000, FixedPoint.Addend(23, -11), 23, -128, 127),
            new DivideStep(-9, RandomTensor.I32(new Random(3), int.MaxValue - 1, 256), FixedPoint.Addend(31, 7), 31, -128, 127),
            new PreluStep(4, -20, 1 << 29, 12345678, FixedPoint.Addend(29, -5), 29, -128, 100),
            new MaximumStep(-100, 100),
            new MinimumStep(-100, 100),
        ];
        for (int i = 0; i < steps.Length; i++)
        {
            foreach ((Shape result, Shape a, Shape b) in Broadcasts)
                yield return new($"map {i} {result.Rank}", new MapKernel(steps[i], BroadcastGeometry.Of(result, a, b)), ElementType.I8, result, a, b);
        }
    }

    /// <summary>Steps on i16, and between it and i8.</summary>
    public static IEnumerable<KernelCase> WideMaps()
    {
        MapStep[] steps =
        [
            new AddStep(0, 5_000_000, 0, 4_194_305, 23, 0, -32768, 32767),
            new AddStep(0, 4_194_304, 0, -8_388_607, 23, 0, -30000, 100, RoundingProfile.Onnx),
            new AddStep(0, 6_000_000, 0, 3_000_000, 23, 0, -32768, 32767, RoundingProfile.Truncate),
            new MultiplyStep(0, 0, 9_000_001, FixedPoint.Addend(38, 0), 38, -32768, 32767),
            new MultiplyStep(0, 0, 9_000_001, FixedPoint.Addend(38, 0), 38, -32768, 32767, RoundingProfile.Onnx),
            new WideDivideStep(9_000_001, 12, -32768, 32767),
            new WideDivideStep(int.MaxValue, 1, -30000, 31000),
            new WideDivideStep(8_388_608, 47, -32768, 32767),
            new WidePreluStep(9_000_001, 23, 16_000_000, 40, -32768, 32767),
            new WidePreluStep(16_777_215, 1, 0, 1, -30000, 31000),
            new MaximumStep(-30000, 31000),
            new MinimumStep(-30000, 31000),
        ];
        for (int i = 0; i < steps.Length; i++)
        {
            foreach ((Shape result, Shape a, Shape b) in Broadcasts)
                yield return new($"wide map {i} {result.Rank}", new MapKernel(steps[i], BroadcastGeometry.Of(result, a, b)), ElementType.I16, result, a, b);
        }

        var flat = BroadcastGeometry.Of([999], [999]);
        foreach (RoundingProfile profile in RoundingProfiles.All)
        {
            yield return Rescale($"widen {profile}", ElementType.I8, -7, ElementType.I16, FixedPoint.Finish([131.7], 0, -32768, 32767, profile, 24)!);
            yield return Rescale($"narrow {profile}", ElementType.I16, 0, ElementType.I8, FixedPoint.Finish([1 / 250.0], 11, -128, 120, profile)!);
            yield return Rescale($"rescale {profile}", ElementType.I16, 0, ElementType.I16, FixedPoint.Finish([0.77], 0, 0, 32767, profile, 24)!);
        }

        var sigmoid = new TensorType(ElementType.I16, [999], Quantization.PerTensor(1 / 32767.0, 0));
        yield return new("curve", new MapKernel(
            InterpolatedTable.Curve(8 / 32767.0, sigmoid, x => 1 / (1 + Math.Exp(-x)), Activation.None), flat), ElementType.I16, [999], [999]);
        var silu = new TensorType(ElementType.I16, [999], Quantization.PerTensor(6 / 32767.0, 0));
        yield return new("relu delta", new MapKernel(
            InterpolatedTable.ReluDelta(7 / 32767.0, silu, x => x / (1 + Math.Exp(-x)))!, flat), ElementType.I16, [999], [999]);

        int[] powers = [.. Enumerable.Range(0, 129).Select(i => (int)Math.Round(32767 * 8 * Math.Pow(2, -i / 128.0)))];
        foreach (RowGeometry g in (RowGeometry[])[new(6, 10, 1), new(2, 300, 3), new(4, 1, 1)])
        {
            Shape shape = [g.Outer, g.Length, g.Inner];
            foreach ((double reach, double result) in ((double, double)[])[(8, 16), (0.001, 0.7)])
            {
                (Tensor, Quantization?)[] scores = [(Tensor.Of(shape, new short[shape.ElementCount]), Quantization.PerTensor(reach / 32767, 0))];
                Kernel log = new QuantizedNode(new Softmax(1, Logarithm: true), scores, Quantization.PerTensor(result / 32767, 0)) { Element = ElementType.I16 }.Kernel();
                yield return new($"wide log softmax {g.Length} {reach}", log, ElementType.I16, shape, shape);
            }

            yield return new($"wide softmax {g.Length}", new RowNormKernel(new WideSoftmaxStep(Tensor.Of([129], powers), 11_111_111, 20, 32767), g), ElementType.I16, shape, shape);
        }

        yield return new("quantize 16", new ConvertKernel(Conversion.Quantize, 500, 0.00007f, 0), new TensorType(ElementType.I16, [500]), [TensorType.F32([500])]);
        yield return new("dequantize 16", new ConvertKernel(Conversion.Dequantize, 500, 0.013f, 0), TensorType.F32([500]), [new TensorType(ElementType.I16, [500])]);

        KernelCase Rescale(string label, ElementType from, int zero, ElementType to, IntegerFinish finish) =>
            new(label, new MapKernel(new RescaleStep(zero, finish), flat), new TensorType(to, [999]), [new TensorType(from, [999])]);
    }

    public static IEnumerable<KernelCase> FloatMaps()
    {
        foreach (BinaryFunction function in Enum.GetValues<BinaryFunction>())
        {
            foreach ((Shape result, Shape a, Shape b) in Broadcasts)
            {
                var step = new FloatBinaryStep(function, result.Rank == 4 ? -1 : float.NegativeInfinity, float.PositiveInfinity);
                yield return new($"map {function} {result.Rank}", new MapKernel(step, BroadcastGeometry.Of(result, a, b)), ElementType.F32, result, a, b);
            }
        }

        foreach (UnaryFunction function in Enum.GetValues<UnaryFunction>())
        {
            (float alpha, float beta) = function is UnaryFunction.Clip ? (-0.5f, 0.75f) : (0.7f, 0.3f);
            yield return new($"map {function}", new MapKernel(new FloatUnaryStep(function, alpha, beta), new([200], [[1]])), ElementType.F32, [200], [200]);
        }

        yield return new("map delta", new MapKernel(new FloatDeltaStep(Tensor.Of<float>([4], [0, 0.25f, 0.125f, 0.0625f]), 2), new([200], [[1]])), ElementType.F32, [200], [200]);
    }

    public static IEnumerable<KernelCase> IntegerRows()
    {
        var random = new Random(4);
        foreach (RowGeometry g in (RowGeometry[])[new(6, 10, 1), new(2, 300, 3), new(4, 1, 1)])
        {
            short[] exponentials = [.. Enumerable.Range(0, 256).Select(d => (short)Math.Round(32767 * Math.Exp(-0.07 * d)))];
            var step = new SoftmaxStep(Tensor.Of([256], exponentials), 255, -128);
            yield return new($"softmax {g.Length}", new RowNormKernel(step, g), ElementType.I8, [g.Outer, g.Length, g.Inner], [g.Outer, g.Length, g.Inner]);
        }

        foreach (double scale in (double[])[0.05, 1])
        {
            (Tensor, Quantization?)[] scores = [(RandomTensor.I8(random, 3, 20, 4), Quantization.PerTensor(0.07, 3))];
            Kernel log = new QuantizedNode(new Softmax(1, Logarithm: true), scores, Quantization.PerTensor(scale, 100)).Kernel();
            yield return new($"log softmax {scale}", log, ElementType.I8, [3, 20, 4], [3, 20, 4]);
        }

        yield return new("table", new TableKernel(77, RandomTensor.I8(random, 256)), ElementType.I8, [77], [77]);
    }

    public static IEnumerable<KernelCase> FloatRows()
    {
        var random = new Random(5);
        foreach (RowGeometry g in (RowGeometry[])[new(6, 10, 1), new(2, 50, 3)])
        {
            Shape shape = [g.Outer, g.Length, g.Inner];
            yield return new($"softmax {g.Length}", new RowNormKernel(new FloatSoftmaxStep(false), g), ElementType.F32, shape, shape);
            yield return new($"log softmax {g.Length}", new RowNormKernel(new FloatSoftmaxStep(true), g), ElementType.F32, shape, shape);
            yield return new($"running softmax {g.Length}", new RowNormKernel(new FloatSoftmaxStep(false, Running: true), g), ElementType.F32, shape, shape);
        }
    }

    public static IEnumerable<KernelCase> Indices(ElementType element)
    {
        foreach (RowGeometry g in (RowGeometry[])[new(6, 10, 1), new(2, 300, 3), new(1, 1, 4)])
        {
            foreach ((ReduceMode mode, bool last) in new[] { (ReduceMode.Maximum, false), (ReduceMode.Minimum, false), (ReduceMode.Maximum, true) })
            {
                var kernel = new ReduceKernel(mode, g, new IndexFinish(element, last));
                yield return new($"index {mode} {last} {g.Length}", kernel, new TensorType(ElementType.I64, [g.Outer, g.Inner]), [new TensorType(element, [g.Outer, g.Length, g.Inner])]);
            }
        }
    }

    public static IEnumerable<KernelCase> Norms(ElementType element)
    {
        var random = new Random(6);
        int side = element == ElementType.I16 ? 120 : 300; // longer rows of 16 bits are not proven to fit
        foreach (GroupGeometry g in (GroupGeometry[])[new(6, 1, 1, 10), new(2, 50, 3, 1), new(2, 7, 2, 5), new(1, side, 1, side), new(3, 1, 1, 1)])
        {
            Shape shape = [g.Outer, g.Length, g.Groups, g.Channels];
            foreach (bool variant in (bool[])[true, false])
            {
                LayerNormStep step = element == ElementType.F32
                    ? new FloatLayerNormStep(variant, 1e-5f, RandomTensor.F32(random, g.Pitch), g.Count % 2 == 0 ? null : RandomTensor.F32(random, g.Pitch))
                    : element == ElementType.I16
                    ? new IntegerLayerNormStep(variant, 0, 0, 100, Gains(random, g.Pitch), RandomTensor.I32(random, 300_000, g.Pitch), 2, 0, -32768, 32000) { Spread = 65535 }
                    : new IntegerLayerNormStep(variant, -17, 4, 100, Gains(random, g.Pitch), RandomTensor.I32(random, 3000, g.Pitch), 10, 5, -128, 120);
                yield return new($"norm {g.Outer} {g.Length} {g.Groups} {g.Channels} {variant}", new GroupNormKernel(step, g), element, shape, shape);
            }
        }
    }

    private static Tensor Gains(Random random, int count) =>
        Tensor.Of([count], [.. Enumerable.Range(0, count).Select(_ => (short)random.Next(-32767, 32768))]);

    public static IEnumerable<KernelCase> Conversions()
    {
        yield return new("quantize", new ConvertKernel(Conversion.Quantize, 500, 0.013f, -5), new TensorType(ElementType.I8, [500]), [TensorType.F32([500])]);
        yield return new("dequantize", new ConvertKernel(Conversion.Dequantize, 500, 0.013f, -5), TensorType.F32([500]), [new TensorType(ElementType.I8, [500])]);
    }
}
