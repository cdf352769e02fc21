using Edgec.Diagnostics;
using Edgec.Kernels;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;
using static Edgec.Tests.Hls.Draw;

namespace Edgec.Tests.Hls;

/// <summary>Every engine against the reference, bit for bit, in as few C++ builds as cover it.</summary>
public sealed class EngineTests
{
    private const string Checked = "-O1 -fsanitize=undefined -fno-sanitize-recover=undefined";

    [Fact]
    public void Convolutions_and_products_are_exact()
    {
        var draw = new Draw(1);
        EngineBench.Check(
        [
            draw.Convolution("plain3x3", Geometry(9, 10, 20, 37, 3, pad: 1)),
            draw.Convolution("packed_rgb", Geometry(11, 13, 3, 18, 3, stride: 2, pad: 1)),
            draw.Convolution("packed_grey5x5", Geometry(8, 9, 1, 16, 5, pad: 2)),
            draw.Convolution("packed_7x7", Geometry(17, 15, 3, 8, 7, stride: 2, pad: 3, batch: 2)),
            draw.Convolution("dilated", Geometry(12, 11, 33, 5, 3, pad: 2, dilation: 2)),
            draw.Convolution("wide_kernel", Geometry(6, 12, 16, 16, 1, kernelWidth: 5, padLeft: 2)),
            draw.Convolution("stride_beyond_kernel", Geometry(13, 13, 16, 20, 1, stride: 3)),
            draw.Convolution("strided_2x2", Geometry(10, 9, 8, 40, 2, stride: 2)),
            draw.Convolution("grouped", Geometry(7, 7, 48, 60, 3, pad: 1, groups: 4)),
            draw.Convolution("grouped_1x1", Geometry(5, 6, 40, 80, 1, groups: 5)),
            draw.Convolution("multiplier", Geometry(6, 6, 20, 60, 3, pad: 1, groups: 20)),
            draw.Convolution("all_padding", Geometry(2, 2, 17, 16, 3, pad: 4)),
            draw.Convolution("batch", Geometry(5, 4, 18, 17, 3, pad: 1, batch: 3)),
            draw.Convolution("pointwise", Geometry(6, 7, 50, 130, 1)),
            draw.Matmul("dense", 1, 1, 300, 70),
            draw.Matmul("tokens", 3, 7, 64, 33, bias: false),
            draw.Matmul("repeated", 2, 3, 20, 24, broadcastLeft: true),
        ], flags: Checked);
    }

    [Fact]
    public void Depthwise_convolution_and_pooling_are_exact()
    {
        var draw = new Draw(2);
        EngineBench.Check(
        [
            draw.Convolution("depthwise3x3", Geometry(9, 10, 36, 36, 3, pad: 1, groups: 36)),
            draw.Convolution("depthwise_strided", Geometry(9, 10, 16, 16, 5, stride: 2, pad: 2, groups: 16, batch: 2)),
            draw.Convolution("depthwise_dilated", Geometry(9, 10, 7, 7, 3, pad: 3, dilation: 3, groups: 7)),
            draw.Window("maximum", new(WindowMode.Maximum, Geometry(9, 9, 20, 20, 3, stride: 2, pad: 1), null, null, new ClampFinish(-128, 127))),
            draw.Window("maximum_clamped", new(WindowMode.Maximum, Geometry(8, 8, 5, 5, 2, stride: 2), null, null, new ClampFinish(-10, 100))),
            draw.Average("average", Geometry(9, 8, 33, 33, 3, stride: 2, pad: 1), countPadding: false),
            draw.Average("average_padded", Geometry(9, 8, 33, 33, 3, stride: 2, pad: 1), countPadding: true),
            draw.Average("global", Geometry(7, 6, 40, 40, 7, kernelWidth: 6), countPadding: false),
        ], flags: Checked);
    }

    [Fact]
    public void Weights_of_four_bits_are_unpacked_on_the_way_in()
    {
        var draw = new Draw(12);
        EngineCase[] cases =
        [
            draw.Convolution("plain3x3", Geometry(6, 7, 20, 37, 3, pad: 1)),
            draw.Convolution("packed_rgb", Geometry(7, 7, 3, 18, 3, stride: 2, pad: 1)),
            draw.Convolution("odd_words", Geometry(6, 6, 7, 7, 3, pad: 1, groups: 7)),
            draw.Convolution("depthwise", Geometry(6, 6, 36, 36, 3, pad: 1, groups: 36)),
            draw.Matmul("dense", 1, 1, 300, 70),
        ];
        EngineBench.Check([.. cases.Select(Packed)], flags: Checked);
    }

    [Fact]
    public void Groups_of_weights_are_refused_by_name()
    {
        EngineCase c = Packed(new Draw(13).Matmul("dense", 1, 4, 30, 8));
        var groups = new WeightGroups(16, Tensor.Of<byte>([8, 2], new byte[16]));
        EngineCase grouped = c with { Kernel = lanes => (MatmulKernel)c.Kernel(lanes) with { Groups = groups } };
        var fault = Assert.Throws<DiagnosticException>(() => HlsPlanner.Plan(EngineBench.Plan([grouped]), EngineBench.Board("ultra96"), new(), "t.onnx"));
        Assert.Contains(fault.Diagnostics, d => d.Code == "EC4115" && d.Location.Contains("dense", StringComparison.Ordinal));
    }

    internal static EngineCase Packed(EngineCase c) => c with
    {
        Kernel = lanes => c.Kernel(lanes) switch
        {
            WindowKernel { Weights: { } w } k => k with { Weights = Packed(w) },
            MatmulKernel { Weights: { } w } k => k with { Weights = Packed(w) },
            var other => other,
        },
    };

    private static Tensor Packed(Tensor weights) =>
        Tensor.PackI4(weights.Shape, [.. weights.Span<sbyte>().ToArray().Select(w => (sbyte)(w >> 4))]);

    [Fact]
    public void Layers_too_large_for_the_chip_are_cut_into_commands()
    {
        var draw = new Draw(7);
        EngineCase[] cases =
        [
            draw.Convolution("many_weights", Geometry(4, 4, 512, 520, 3, pad: 1)),
            draw.Convolution("grouped_cut", Geometry(4, 3, 320, 1280, 3, pad: 1, groups: 2)),
            draw.Convolution("pointwise_cut", Geometry(3, 3, 1100, 1000, 1)),
            draw.Convolution("depthwise_cut", Geometry(5, 40, 400, 400, 3, stride: 2, pad: 1, groups: 400)),
            draw.Window("maximum_cut", new(WindowMode.Maximum, Geometry(5, 40, 400, 400, 3, stride: 2, pad: 1), null, null, new ClampFinish(-128, 127))),
        ];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("pynq-z2"), new(), "cut.onnx");
        Assert.All(plan.Layers, layer => Assert.True(layer.Commands > 1, $"{layer.Step.Name} is one command"));
        EngineBench.Check(cases, board: "pynq-z2", flags: "-O2");
    }

    [Fact]
    public void Products_of_two_activations_are_exact()
    {
        var draw = new Draw(9);
        EngineBench.Check(
        [
            draw.Product("scores", new(3, 9, 20, 11, RightTransposed: true, BroadcastLeft: false, BroadcastRight: false)),
            draw.Product("weighted", new(3, 9, 11, 20, RightTransposed: false, BroadcastLeft: false, BroadcastRight: false)),
            draw.Product("one_left", new(2, 5, 33, 70, RightTransposed: true, BroadcastLeft: true, BroadcastRight: false)),
            draw.Product("one_right", new(1, 7, 40, 130, RightTransposed: false, BroadcastLeft: false, BroadcastRight: true)),
            draw.Product("long", new(1, 2, 300, 3, RightTransposed: true, BroadcastLeft: false, BroadcastRight: true)),
            draw.Matmul("beside", 1, 3, 50, 40),
            draw.Convolution("depthwise_beside", Geometry(6, 6, 20, 20, 3, pad: 1, groups: 20)),
        ], flags: Checked);
    }

    [Fact]
    public void A_multiplier_of_31_bits_is_exact()
    {
        var draw = new Draw(8);
        WindowGeometry g = Geometry(5, 5, 20, 20, 3, pad: 1);
        IntegerFinish finish = FixedPoint.Finish([0.00031, .. Enumerable.Repeat(0.00042, 19)], 7, -128, 127)!;
        int[] multipliers = [.. finish.Multipliers.Span<int>().ToArray().Select(m => m * 30011)];
        byte[] shifts = [.. finish.Shifts.Span<byte>().ToArray().Select(s => (byte)(s + 15))];
        long[] addends = [.. finish.Addends.Span<long>().ToArray().Select(a => (a << 15) + 12345)];
        var wide = new IntegerFinish(Tensor.Of([20], multipliers), Tensor.Of([20], shifts), Tensor.Of([20], addends), -128, 127);
        EngineBench.Check([draw.Window("wide", new(WindowMode.Convolution, g, draw.I8([20, 3, 3, 20]), draw.Bias(20), wide, -3))], flags: Checked);
    }

    [Fact]
    public void Random_windows_are_exact()
    {
        var draw = new Draw(3);
        var cases = new List<EngineCase>();
        while (cases.Count < 40)
        {
            int kernel = draw.Int(1, 5), width = draw.Int(1, 5), dilation = draw.Int(1, 2), pad = draw.Int(0, kernel), left = draw.Int(0, width);
            int height = draw.Int(1, 12), columns = draw.Int(1, 12), inputs = draw.Int(1, 24), groups = draw.Of(1, 1, 1, 2, 3);
            WindowGeometry g = Geometry(
                height, columns, inputs * groups, draw.Int(1, 24) * groups, kernel, draw.Int(1, 3), pad, groups, dilation, draw.Int(1, 2), width, left);
            if (height + 2 * pad < (kernel - 1) * dilation + 1 || columns + 2 * left < (width - 1) * dilation + 1)
                continue;
            string name = $"window{cases.Count}";
            WindowGeometry own = g with { OutChannels = g.Channels, Groups = g.Channels };
            cases.Add(draw.Int(0, 4) switch
            {
                0 => draw.Convolution(name, own),
                1 => draw.Window(name, new(WindowMode.Maximum, own, null, null, new ClampFinish(-128, 127))),
                2 => draw.Average(name, own, draw.Of(true, false)),
                _ => draw.Convolution(name, g),
            });
        }

        EngineBench.Check(cases, board: "zcu102", options: new(Outputs: 32), flags: Checked);
    }

    [Fact]
    public void Tables_and_element_wise_steps_are_exact()
    {
        var draw = new Draw(4);
        EngineBench.Check(
        [
            new("table", new TableKernel(5 * 19, draw.I8([256])), draw.I8([5, 19]), [5, 19]),
            Map(draw, "add", draw.Of<MapStep>(Add), [2, 5, 19], [2, 5, 19]),
            Map(draw, "subtract", Add with { MultiplierB = -20000 }, [3, 40], [3, 40]),
            Map(draw, "add_row", Add, [2, 3, 4, 20], [20]),
            Map(draw, "add_scalar", Add, [2, 20], []),
            Map(draw, "scalar_plus", Add, [1], [3, 20]),
            Map(draw, "scale_channels", Times, [2, 4, 3, 40], [2, 1, 1, 40]),
            Map(draw, "scale_pixels", Times, [2, 4, 3, 40], [2, 4, 3, 1]),
            Map(draw, "outer_product", Times, [5, 1], [1, 18]),
            Map(draw, "crossed", Add, [2, 1, 3, 17], [1, 4, 1, 17]),
            Map(draw, "column", Add, [6, 1], [6, 1]),
            Map(draw, "prelu", new PreluStep(4, -20, 1 << 29, 12345678, FixedPoint.Addend(29, -5), 29, -128, 100), [2, 4, 3, 40], [40]),
            Map(draw, "maximum", new MaximumStep(-100, 120), [3, 33], [3, 33]),
            Map(draw, "minimum", new MinimumStep(-128, 60), [3, 33], [33]),
        ], flags: Checked);
    }

    [Fact]
    public void Softmax_and_reductions_are_exact()
    {
        var draw = new Draw(5);
        EngineBench.Check(
        [
            Softmax(draw, "softmax_rows", [5, 37], new(5, 37, 1), 0.1),
            Softmax(draw, "softmax_flat", [3, 16], new(3, 16, 1), 0.02),
            Softmax(draw, "softmax_middle", [2, 10, 20], new(2, 10, 20), 0.05),
            Softmax(draw, "softmax_one", [4, 1], new(4, 1, 1), 0.05),
            Softmax(draw, "softmax_two_axes", [2, 3, 21], new(2, 63, 1), 0.05),
            Reduce(draw, "mean_image", ReduceMode.Sum, [2, 6, 5, 24], new(2, 30, 24), [2, 24]),
            Reduce(draw, "mean_row", ReduceMode.Sum, [3, 7, 41], new(21, 41, 1), [3, 7]),
            Reduce(draw, "mean_row_kept", ReduceMode.Sum, [3, 7, 41], new(21, 41, 1), [3, 7, 1]),
            Reduce(draw, "mean_all", ReduceMode.Sum, [3, 7, 41], new(1, 861, 1), []),
            Reduce(draw, "mean_many", ReduceMode.Sum, [5, 37, 3], new(185, 3, 1), [5, 37]),
            Reduce(draw, "maximum_rows", ReduceMode.Maximum, [5, 20], new(5, 20, 1), [5]),
            Reduce(draw, "minimum_images", ReduceMode.Minimum, [2, 9, 40], new(2, 9, 40), [2, 1, 40]),
            Reduce(draw, "mean_column", ReduceMode.Sum, [2, 9, 1], new(2, 9, 1), [2, 1]),
        ], flags: Checked);
    }

    [Fact]
    public void Moves_are_exact()
    {
        var draw = new Draw(6);
        EngineBench.Check(
        [
            Transpose(draw, "to_channels_last", [2, 3, 9, 10], [0, 2, 3, 1]),
            Transpose(draw, "to_channels_first", [1, 9, 10, 35], [0, 3, 1, 2]),
            Transpose(draw, "heads", [2, 7, 3, 20], [0, 2, 1, 3]),
            Transpose(draw, "large", [1, 40, 30, 70], [0, 3, 2, 1]),
            Concat(draw, "concat_channels", [3, 5], 24, 7, 16, 1),
            Slice(draw, "slice", [6, 50], 2, 3, 13, 30),
            Reverse(draw, "reverse", 45),
            Resize(draw, "resize", 3, 4, 20),
            Pad(draw, "pad", 5, 20, 2, 3),
            new("reshape", lanes => Edgec.Plan.Relayout.Kernel(ElementType.I8, [6, 20], [4, 30], lanes), [draw.I8([6, 20])], [4, 30]),
            new("flatten", lanes => Edgec.Plan.Relayout.Kernel(ElementType.I8, [1, 7, 6, 20], [1, 840], lanes), [draw.I8([1, 7, 6, 20])], [1, 840]),
            new("unflatten", lanes => Edgec.Plan.Relayout.Kernel(ElementType.I8, [600], [20, 30], lanes), [draw.I8([600])], [20, 30]),
            new("repeat_writes", _ => new MoveKernel(1, 16, [new(0, [4, 16], [16, 1], [0, 1], 0, 0)]), [draw.I8([4, 16])], [1, 16]),
        ], flags: Checked);
    }

    private static AddStep Add => new(3, 20011, -7, 30000, 16, 11, -128, 127);

    private static MultiplyStep Times => new(-3, 12, 40000, FixedPoint.Addend(21, -5), 21, -120, 127);

    private static EngineCase Map(Draw draw, string name, MapStep step, Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        Shape result = Shape.From(Enumerable.Range(0, rank).Select(i => Math.Max(Extent(a, i), Extent(b, i))));
        return new(name, _ => new MapKernel(step, BroadcastGeometry.Of(result, a, b)), [draw.I8(a), draw.I8(b)], result);

        int Extent(Shape shape, int axis) => axis < rank - shape.Rank ? 1 : shape[axis - (rank - shape.Rank)];
    }

    private static EngineCase Softmax(Draw draw, string name, Shape shape, RowGeometry rows, double scale)
    {
        short[] table = [.. Enumerable.Range(0, 256).Select(d => (short)Math.Round(32767 * Math.Exp(-scale * d)))];
        return new(name, new RowNormKernel(new SoftmaxStep(Tensor.Of([256], table), 255, -128), rows), draw.I8(shape), shape);
    }

    private static EngineCase Reduce(Draw draw, string name, ReduceMode mode, Shape shape, RowGeometry rows, Shape result)
    {
        Finish finish = mode == ReduceMode.Sum ? FixedPoint.Finish([3.0 / rows.Length], 9, -128, 127)! : new ClampFinish(-110, 115);
        return new(name, new ReduceKernel(mode, rows, finish, mode == ReduceMode.Sum ? -13 : 0), draw.I8(shape), result);
    }

    private static EngineCase Transpose(Draw draw, string name, Shape shape, int[] permutation)
    {
        Shape result = shape.Permute(permutation);
        return new(name, lanes =>
        {
            int[] from = Storage.Strides(shape, lanes), to = Storage.Strides(result, lanes);
            return new MoveKernel(1, (int)Storage.Count(result, lanes), [new(0, result.ToArray(), [.. permutation.Select(p => from[p])], to, 0, 0)]);
        }, [draw.I8(shape)], result);
    }

    private static EngineCase Concat(Draw draw, string name, Shape lead, params int[] extents)
    {
        Shape result = [.. lead, extents.Sum()];
        return new(name, lanes =>
        {
            int offset = 0;
            var copies = new List<StridedCopy>();
            foreach ((int extent, int i) in extents.Select((e, i) => (e, i)))
            {
                copies.Add(new(i, [.. lead, extent], Storage.Strides([.. lead, extent], lanes), Storage.Strides(result, lanes), 0, offset));
                offset += extent;
            }

            return new MoveKernel(1, (int)Storage.Count(result, lanes), [.. copies]);
        }, [.. extents.Select(e => draw.I8([.. lead, e]))], result);
    }

    private static EngineCase Slice(Draw draw, string name, Shape shape, int row, int rows, int column, int columns) =>
        new(name, lanes =>
        {
            int[] from = Storage.Strides(shape, lanes), to = Storage.Strides([rows, columns], lanes);
            return new MoveKernel(1, (int)Storage.Count([rows, columns], lanes), [new(0, [rows, columns], from, to, row * from[0] + column, 0)]);
        }, [draw.I8(shape)], [rows, columns]);

    private static EngineCase Reverse(Draw draw, string name, int count) =>
        new(name, lanes => new MoveKernel(1, (int)Storage.Count([count], lanes), [new(0, [count], [-1], [1], count - 1, 0)]), [draw.I8([count])], [count]);

    private static EngineCase Resize(Draw draw, string name, int height, int width, int channels)
    {
        Shape source = [1, height, width, channels], result = [1, 2 * height, 3 * width, channels];
        return new(name, lanes =>
        {
            int[] from = Storage.Strides(source, lanes), to = Storage.Strides(result, lanes);
            var copy = new StridedCopy(
                0, [height, 2, width, 3, channels], [from[1], 0, from[2], 0, 1], [2 * to[1], to[1], 3 * to[2], to[2], 1], 0, 0);
            return new MoveKernel(1, (int)Storage.Count(result, lanes), [copy]);
        }, [draw.I8(source)], result);
    }

    private static EngineCase Pad(Draw draw, string name, int rows, int columns, int top, int left)
    {
        Shape source = [rows, columns], result = [rows + 2 * top, columns + 2 * left];
        return new(name, lanes =>
        {
            int[] from = Storage.Strides(source, lanes), to = Storage.Strides(result, lanes);
            return new MoveKernel(1, (int)Storage.Count(result, lanes), [new(0, [rows, columns], from, to, 0, top * to[0] + left)], unchecked((byte)-7));
        }, [draw.I8(source)], result);
    }
}
