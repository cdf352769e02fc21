using Edgec.Kernels;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Hls;

/// <summary>Comparisons, choices and arithmetic of 16 bits on the engine against the reference, bit for bit.</summary>
public sealed class ElementEngineTests
{
    private const string Checked = "-O1 -fsanitize=undefined -fno-sanitize-recover=undefined";

    [Fact]
    public void Predicates_are_exact_for_every_function_and_width()
    {
        var draw = new Draw(71);
        var cases = new List<EngineCase>();
        foreach (CompareFunction function in Enum.GetValues<CompareFunction>())
        {
            cases.Add(Compare($"{function}_bytes", new(function, 3, 20011, -7, 17000), draw.I8([3, 37]), draw.I8([3, 37])));
            cases.Add(Compare($"{function}_close", new(function, 0, 1, 0, 1), draw.I8([40], -2, 2), draw.I8([], -1, 1)));
            cases.Add(Compare($"{function}_indices", new(function, 0, 1, 0, 1), Numbers(draw, [6, 5, 3], 9), Numbers(draw, [1, 5, 1], 9)));
        }

        cases.Add(Compare("mixed", new(CompareFunction.Less, 5, 300, 0, 2), draw.I8([2, 1, 4, 20]), Bits(draw, ElementType.I16, [3, 1, 20])));
        cases.Add(Compare("truths", new(CompareFunction.And, 0, 1, 0, 1), Truths(draw, [4, 40]), Truths(draw, [4, 40])));
        EngineBench.Check(cases, flags: Checked);
    }

    [Fact]
    public void Choices_move_elements_of_any_width()
    {
        var draw = new Draw(72);
        EngineBench.Check(
        [
            Choose("bytes", Truths(draw, [3, 5, 20]), draw.I8([3, 5, 20]), draw.I8([3, 5, 20])),
            Choose("mask", Truths(draw, [1, 5, 1]), draw.I8([3, 1, 20]), draw.I8([])),
            Choose("words", Truths(draw, [3, 33]), Bits(draw, ElementType.I16, [33]), Bits(draw, ElementType.I16, [3, 1])),
            Choose("indices", Truths(draw, [4, 1]), Bits(draw, ElementType.I64, [4, 7]), Bits(draw, ElementType.I64, [7])),
            Choose("numbers", Truths(draw, [9, 3]), Bits(draw, ElementType.I32, [9, 3]), Bits(draw, ElementType.I32, [9, 3])),
        ], flags: Checked);
    }

    [Fact]
    public void Arithmetic_of_16_bits_is_exact()
    {
        var draw = new Draw(73);
        var add = new AddStep(0, 20011, 0, 30000, 15, 0, -32768, 32767);
        var multiply = new MultiplyStep(0, 0, 40000, FixedPoint.Addend(31, 0), 31, -32768, 30000);
        EngineBench.Check(
        [
            Map("add", add, Bits(draw, ElementType.I16, [5, 19]), Bits(draw, ElementType.I16, [5, 19])),
            Map("subtract_row", add with { MultiplierB = -20000 }, Bits(draw, ElementType.I16, [2, 3, 20]), Bits(draw, ElementType.I16, [20])),
            Map("add_channels", add, Bits(draw, ElementType.I16, [2, 3, 20]), Bits(draw, ElementType.I16, [2, 1, 1])),
            Map("multiply", multiply, Bits(draw, ElementType.I16, [70, 2]), Bits(draw, ElementType.I16, [2])),
            Map("maximum", new MaximumStep(-30000, 32000), Bits(draw, ElementType.I16, [33]), Bits(draw, ElementType.I16, [33])),
            Map("minimum", new MinimumStep(-32768, 32000), Bits(draw, ElementType.I16, [33]), Bits(draw, ElementType.I16, [1])),
            Map("widen", new RescaleStep(-7, FixedPoint.Finish([150.3], 0, -32768, 32767)!), draw.I8([5, 21])),
            Map("narrow", new RescaleStep(0, FixedPoint.Finish([0.003], 11, -128, 127)!), Bits(draw, ElementType.I16, [5, 21])) with { Element = ElementType.I8 },
        ], flags: Checked);
    }

    [Fact]
    public void An_element_costs_two_cycles()
    {
        EngineCase c = Compare("indices", new(CompareFunction.Equal, 0, 1, 0, 1), Numbers(new(75), [6, 5, 3], 9), Numbers(new(76), [1, 5, 1], 9));
        HlsLayer layer = Assert.Single(HlsPlanner.Plan(EngineBench.Plan([c]), EngineBench.Board("ultra96"), new(), "t.onnx").Layers);
        Assert.Equal(new LayerCost(HlsCost.CommandOverhead + 2 * 90, 30 * 2 + 30 + 30), layer.Cost); // three indices are two words
    }

    private static EngineCase Compare(string name, CompareStep step, Tensor a, Tensor b) => Map(name, step, a, b) with { Element = ElementType.Bool };

    private static EngineCase Choose(string name, Tensor condition, Tensor a, Tensor b) => Map(name, new ChooseStep(), condition, a, b) with { Element = a.Element };

    private static EngineCase Map(string name, MapStep step, params Tensor[] operands)
    {
        int rank = operands.Max(t => t.Shape.Rank);
        Shape result = Shape.From(Enumerable.Range(0, rank).Select(i => operands.Max(t => Extent(t.Shape, i))));
        return new(name, _ => new MapKernel(step, BroadcastGeometry.Of(result, [.. operands.Select(t => t.Shape)])), [.. operands], result) { Element = ElementType.I16 };

        int Extent(Shape shape, int axis) => axis < rank - shape.Rank ? 1 : shape[axis - (rank - shape.Rank)];
    }

    private static Tensor Truths(Draw draw, Shape shape) => Tensor.FromBytes(ElementType.Bool, shape, draw.I8(shape, 0, 1).Bytes.ToArray());

    private static Tensor Numbers(Draw draw, Shape shape, int most) =>
        Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (long)draw.Int(0, most))]);

    private static Tensor Bits(Draw draw, ElementType element, Shape shape) =>
        Tensor.FromBytes(element, shape, draw.I8([(int)shape.ElementCount * element.SizeOf()]).Bytes.ToArray());
}
