using Edgec.Diagnostics;
using Edgec.Kernels;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Hls;

/// <summary>Selection at run time on the engines against the reference, bit for bit.</summary>
public sealed class SelectionEngineTests
{
    private const string Checked = "-O1 -fsanitize=undefined -fno-sanitize-recover=undefined";

    [Fact]
    public void The_best_are_found_in_their_order()
    {
        var draw = new Draw(61);
        EngineCase[] cases =
        [
            Select(draw, "gate", [64, 8], 2, new(64, 8, 1), [64, 2]),
            Select(draw, "ties", [40, 37], 9, new(40, 37, 1), [40, 9], spread: 1),
            Select(draw, "least", [5, 19], 6, new(5, 19, 1), [5, 6], greatest: false),
            Select(draw, "all", [4, 21], 21, new(4, 21, 1), [4, 21]),
            Select(draw, "one", [7, 50], 1, new(7, 50, 1), [7, 1]),
            Select(draw, "cells", [1, 3, 300], 100, new(3, 300, 1), [1, 3, 100], spread: 10),
            Select(draw, "each_in_a_word", [2, 10, 1], 3, new(2, 10, 1), [2, 3, 1]),
            new("index_of_greatest", new ReduceKernel(ReduceMode.Maximum, new(12, 10, 1), new IndexFinish(ElementType.I8, false)), draw.I8([3, 4, 10], -3, 3), [3, 4]) { Element = ElementType.I64 },
            new("index_of_least", new ReduceKernel(ReduceMode.Minimum, new(7, 40, 1), new IndexFinish(ElementType.I8, false)), draw.I8([7, 40]), [7, 1]) { Element = ElementType.I64 },
            Select(draw, "across", [2, 10, 5], 3, new(2, 10, 5), [2, 3, 5]),
            Select(draw, "across_planes", [3, 9, 2, 35], 9, new(3, 9, 70), [3, 9, 2, 35], greatest: false, spread: 3),
            new("index_across", new ReduceKernel(ReduceMode.Maximum, new(2, 7, 40), new IndexFinish(ElementType.I8, false)), draw.I8([2, 7, 2, 20], -3, 3), [2, 1, 2, 20]) { Element = ElementType.I64 },
            Select(draw, "least_ties", [30, 16], 5, new(30, 16, 1), [30, 5], greatest: false, spread: 2),
        ];
        HlsPlan plan = Plan(cases);
        Assert.Equal(100, plan.Configuration.Selection.Selected);
        Assert.Equal(["across", "across_planes", "index_across"], plan.Commands.OfType<SelectCommand>().Where(c => c.Across > 0).Select(c => cases[c.Layer].Name));
        EngineBench.Check(cases, plan, Checked);
    }

    [Fact]
    public void Elements_and_rows_are_gathered_from_where_indices_say()
    {
        var draw = new Draw(62);
        EngineCase[] cases =
        [
            Gather(draw, "scores", 1, ElementType.I64, [64, 8], [64, 2], [64, 2], new(64, 2, 1, [8], true, true)),
            Gather(draw, "experts", 1, ElementType.I64, [8, 12, 40], [9, 2], [9, 2, 12, 40], new(1, 18, 480, [8], false, false)),
            Gather(draw, "biases", 1, ElementType.I32, [8, 30], [9, 2], [9, 2, 30], new(1, 18, 30, [8], false, false)),
            Gather(draw, "last_axis", 1, ElementType.I64, [3, 5, 21], [7], [3, 5, 7], new(15, 7, 1, [21], false, false)),
            Gather(draw, "middle_axis", 1, ElementType.I32, [2, 9, 20], [4], [2, 4, 20], new(2, 4, 20, [9], false, false)),
            Gather(draw, "along_middle", 1, ElementType.I64, [2, 9, 20], [2, 5, 20], [2, 5, 20], new(2, 5, 20, [9], true, true)),
            Gather(draw, "indices", 8, ElementType.I64, [3, 50], [3, 10], [3, 10], new(3, 10, 1, [50], true, true)),
            Gather(draw, "words_of_16_bits", 2, ElementType.I64, [1, 70, 4], [1, 10, 1], [1, 10, 4], new(1, 10, 4, [70], true, false)),
            Gather(draw, "numbers", 4, ElementType.I32, [50], [3, 6], [3, 6], new(1, 18, 1, [50], false, false)),
            Gather(draw, "places", 1, ElementType.I64, [2, 4, 5, 19], [2, 6, 2], [2, 6, 19], new(2, 6, 19, [4, 5], true, false)),
            Gather(draw, "cells", 1, ElementType.I64, [4, 5, 19], [12, 3], [12], new(1, 12, 1, [4, 5, 19], true, false)),
            Gather(draw, "each_in_a_word", 1, ElementType.I64, [6, 8, 1], [6, 2, 1], [6, 2, 1], new(6, 2, 1, [8], true, true)),
        ];
        HlsPlan plan = Plan(cases);
        Assert.Equal(
            ["experts", "biases", "middle_axis", "words_of_16_bits", "places"],
            plan.Commands.OfType<GatherCommand>().Where(c => c.Places.Run > 0).Select(c => cases[c.Layer].Name));
        EngineBench.Check(cases, plan, Checked);
    }

    [Fact]
    public void Elements_and_rows_are_scattered_to_where_indices_say()
    {
        var draw = new Draw(63);
        EngineCase[] cases =
        [
            Scatter(draw, "gates", 1, ElementType.I64, [64, 8], [64, 2], [64, 2], new(64, 2, 1, [8], true, true)),
            Scatter(draw, "rows", 1, ElementType.I64, [10, 37], [6, 1], [6, 37], new(1, 6, 37, [10], true, false)),
            Scatter(draw, "planes", 1, ElementType.I32, [3, 5, 4, 20], [3, 7, 1], [3, 7, 4, 20], new(3, 7, 80, [5], true, false)),
            Scatter(draw, "along_middle", 1, ElementType.I64, [2, 9, 20], [2, 5, 20], [2, 5, 20], new(2, 5, 20, [9], true, true)),
            Scatter(draw, "indices", 8, ElementType.I64, [3, 50], [3, 10], [3, 10], new(3, 10, 1, [50], true, true)),
            Scatter(draw, "cells", 2, ElementType.I64, [4, 19], [30, 2], [30], new(1, 30, 1, [4, 19], true, false)),
            Scatter(draw, "many_blocks", 1, ElementType.I64, [700, 150], [700, 3], [700, 3], new(700, 3, 1, [150], true, true)),
        ];
        HlsPlan plan = Plan(cases);
        Assert.Equal(["rows", "planes"], plan.Commands.OfType<ScatterCommand>().Where(c => c.Places.Run > 0).Select(c => cases[c.Layer].Name));
        Assert.Equal(409, Assert.IsType<ScatterCommand>(plan.Commands[^1]).Slices); // 4096 words of 10 for each outer index
        EngineBench.Check(cases, plan, Checked);
    }

    [Fact]
    public void Elements_of_any_size_are_moved()
    {
        var draw = new Draw(64);
        EngineCase[] cases =
        [
            Transpose(draw, "indices", ElementType.I64, [2, 9, 5]),
            Transpose(draw, "numbers", ElementType.I32, [1, 20, 33]),
            Transpose(draw, "words", ElementType.I16, [3, 17, 16]),
            new("reshape", lanes => Edgec.Plan.Relayout.Kernel(ElementType.I64, [6, 20], [4, 30], lanes), [Bits(draw, ElementType.I64, [6, 20])], [4, 30]) { Element = ElementType.I64 },
            new("filled_words", lanes => new MoveKernel(2, (int)Storage.Count([5, 3], lanes), [], -300), [draw.I8([2, 3])], [5, 3]) { Element = ElementType.I16 },
            new("filled", lanes => new MoveKernel(8, (int)Storage.Count([5, 3], lanes), [new(0, [2, 3], Storage.Strides([2, 3], lanes), Storage.Strides([5, 3], lanes), 0, 0)], 0x0123456789),
                [Bits(draw, ElementType.I64, [2, 3])], [5, 3]) { Element = ElementType.I64 },
        ];
        EngineBench.Check(cases, flags: Checked);
    }

    [Fact]
    public void An_index_costs_a_cycle_and_a_run_its_words()
    {
        EngineCase[] cases =
        [
            Gather(new(65), "experts", 1, ElementType.I64, [8, 12, 40], [9, 2], [9, 2, 12, 40], new(1, 18, 480, [8], false, false)),
            Select(new(66), "gate", [64, 8], 2, new(64, 8, 1), [64, 2]),
            Scatter(new(67), "gates", 1, ElementType.I64, [64, 8], [64, 2], [64, 2], new(64, 2, 1, [8], true, true)),
        ];
        HlsPlan plan = Plan(cases);
        Assert.Equal(new LayerCost(HlsCost.CommandOverhead + 18 * (36 + HlsCost.RowOverhead), 18 + 2 * 18 * 36), plan.Layers[0].Cost);
        Assert.Equal(new LayerCost(HlsCost.CommandOverhead + 64 * (8 + 2 + 2 * HlsCost.RowOverhead), 64 + 64), plan.Layers[1].Cost);
        Assert.Equal(new LayerCost(HlsCost.CommandOverhead + 2 * 64 + 128 + 3 * HlsCost.RowOverhead, 2 * 64 + 128 + 128), plan.Layers[2].Cost);
        Assert.Equal(new SelectionSizes(2, false, true, true, 64), plan.Configuration.Selection);
    }

    [Fact]
    public void What_has_no_command_is_refused_by_name()
    {
        var draw = new Draw(68);
        EngineCase[] cases =
        [
            Select(draw, "views", [6, 20], 3, new(2, 12, 5), [6, 5]),
            Select(draw, "too_many", [1, 4000], 2000, new(1, 4000, 1), [1, 2000]),
            Scatter(draw, "too_wide", 1, ElementType.I64, [1, 70000], [1, 3], [1, 3], new(1, 3, 1, [70000], true, true)),
            Gather(draw, "other_axes", 1, ElementType.I64, [6, 20], [4], [2, 4, 20], new(2, 4, 20, [3], false, false)),
        ];
        var problem = Assert.Throws<DiagnosticException>(() => Plan(cases));
        Assert.Equal(["EC4103", "EC4118", "EC4103", "EC4103"], problem.Diagnostics.Select(d => d.Code));
    }

    private static HlsPlan Plan(EngineCase[] cases) => HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("ultra96"), new(), "selection.onnx");

    private static EngineCase Select(Draw draw, string name, Shape shape, int count, RowGeometry rows, Shape result, bool greatest = true, int spread = 128) =>
        new(name, new SelectKernel(rows, count, greatest, ElementType.I8), draw.I8(shape, -spread, spread - 1), result) { Element = ElementType.I64 };

    private static EngineCase Gather(Draw draw, string name, int size, ElementType index, Shape data, Shape indices, Shape result, GatherGeometry g)
    {
        ElementType element = OfSize(size);
        return new(name, _ => new GatherKernel(g, size, index), [Bits(draw, element, data), Indices(draw, index, indices, g)], result) { Element = element };
    }

    private static EngineCase Scatter(Draw draw, string name, int size, ElementType index, Shape data, Shape indices, Shape updates, GatherGeometry g)
    {
        ElementType element = OfSize(size);
        return new(name, _ => new ScatterKernel(g, size, index), [Bits(draw, element, data), Indices(draw, index, indices, g), Bits(draw, element, updates)], data) { Element = element };
    }

    private static EngineCase Transpose(Draw draw, string name, ElementType element, Shape shape)
    {
        Shape result = [shape[0], shape[2], shape[1]];
        return new(name, lanes =>
        {
            int[] from = Storage.Strides(shape, lanes), to = Storage.Strides(result, lanes);
            return new MoveKernel(element.SizeOf(), (int)Storage.Count(result, lanes), [new(0, result.ToArray(), [from[0], from[2], from[1]], to, 0, 0)]);
        }, [Bits(draw, element, shape)], result)
        { Element = element };
    }

    private static ElementType OfSize(int size) => size switch
    {
        1 => ElementType.I8,
        2 => ElementType.I16,
        4 => ElementType.I32,
        _ => ElementType.I64,
    };

    private static Tensor Bits(Draw draw, ElementType element, Shape shape) =>
        Tensor.FromBytes(element, shape, draw.I8([(int)shape.ElementCount * element.SizeOf()]).Bytes.ToArray());

    /// <summary>Some count from the end, and some are out of range.</summary>
    private static Tensor Indices(Draw draw, ElementType element, Shape shape, GatherGeometry g)
    {
        int depth = g.Extents.Length;
        long[] values = [.. Enumerable.Range(0, (int)shape.ElementCount).Select(i => (long)draw.Int(-g.Extents[i % depth] - 1, g.Extents[i % depth] + 1))];
        return element == ElementType.I64 ? Tensor.Of(shape, values) : Tensor.Of(shape, [.. values.Select(v => (int)v)]);
    }
}
