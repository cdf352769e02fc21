using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Interpolation in integers: how near it comes to exact arithmetic, and that a convolution gives the same bits.</summary>
public sealed class ResampleTests
{
    private static readonly Quantization X = Quantization.PerTensor(0.05, -20);

    public static TheoryData<string, string> Samplings => new MatrixTheoryData<string, string>(
        ["linear", "cubic"], ["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"]);

    [Theory]
    [MemberData(nameof(Samplings))]
    public void One_sum_over_both_axes_stays_within_its_bound(string mode, string transformation)
    {
        double most = 0;
        foreach ((int height, int width) in ((int, int)[])[(14, 15), (7, 9), (21, 5), (29, 40), (5, 3), (13, 5), (1000, 5)])
        {
            Resize op = Make(mode, transformation, [1, height, width, 3]);
            foreach (ElementType element in (ElementType[])[ElementType.I8, ElementType.I16])
            {
                bool wide = element == ElementType.I16;
                Quantization x = wide ? Quantization.PerTensor(4 / 32767.0, 0) : X, y = wide ? Quantization.PerTensor(5 / 32767.0, 0) : Quantization.PerTensor(0.06, 3);
                Tensor image = wide ? Wide(1, 7, 5, 3) : RandomTensor.I8(new Random(height), 1, 7, 5, 3);
                var node = new QuantizedNode(op, [(image, x)], y) { Element = element };
                double bound = RoundingError.Of(node.Kernel())!.Value, worst = Worst(op, image, x, node.Run(), y, element);
                Assert.InRange(worst, 0, wide ? bound + 0.01 : bound); // 2^-24 of 65535 for the multiplier
                most = Math.Max(most, worst);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{mode} {transformation}: {most:f3} steps");
    }

    [Theory]
    [InlineData("half_pixel", 14, 10)]
    [InlineData("half_pixel", 28, 25)]
    [InlineData("half_pixel", 17, 9)]
    [InlineData("asymmetric", 21, 20)]
    [InlineData("align_corners", 97, 257)]
    public void Linear_weights_are_exact_fractions(string transformation, int height, int width)
    {
        var kernel = (ResampleKernel)new QuantizedNode(Make("linear", transformation, [1, height, width, 2]), [(RandomTensor.I8(new Random(1), 1, 7, 5, 2), X)], X).Kernel();
        Assert.InRange(kernel.WeightError, 0, 0.001);
    }

    [Fact]
    public void A_fraction_beyond_the_unit_is_rounded_to_it()
    {
        var kernel = (ResampleKernel)new QuantizedNode(Make("linear", "align_corners", [1, 4099, 5, 1]), [(RandomTensor.I8(new Random(1), 1, 8, 5, 1), X)], X).Kernel();
        Assert.InRange(kernel.WeightError, 0.001, 255 / 4096.0);
    }

    [Fact]
    public void A_convolution_gives_the_same_bits()
    {
        int convolved = 0;
        foreach (string transformation in new[] { "half_pixel", "pytorch_half_pixel", "asymmetric" })
        {
            foreach ((string mode, int y, int x) in ((string, int, int)[])[("linear", 2, 2), ("linear", 3, 2), ("linear", 1, 4), ("linear", 4, 4), ("linear", 8, 8), ("cubic", 2, 1)])
            {
                foreach (bool last in (bool[])[true, false])
                {
                    Shape shape = last ? [2, 3, 5, 4] : [2, 4, 3, 5], result = last ? [2, 3 * y, 5 * x, 4] : [2, 4, 3 * y, 5 * x];
                    Graph graph = Quantized(Make(mode, transformation, [.. result]), shape, result);
                    Graph rewritten = Pipeline.Create(Level.Quantized, new ConvolveResize()).Run(graph, new("m", new DiagnosticBag()));
                    convolved += rewritten.Nodes.Any(node => node.Op is Conv) ? 1 : 0;
                    Tensor image = RandomTensor.I8(new Random(y * x), [.. shape]);
                    Assert.Equal(Run(graph, image).Bytes.ToArray(), Run(rewritten, image).Bytes.ToArray());
                }
            }
        }

        Assert.Equal(28, convolved);
    }

    private static Tensor Run(Graph graph, Tensor image)
    {
        ModelPlan plan = Planner.Plan(graph, new PlanOptions(), "m");
        return Edgec.Check.ReferenceRunner.Run(plan, [image])[0];
    }

    private static Graph Quantized(Operator op, Shape x, Shape y) => new(
        "t", Level.Quantized, ["x"], ["y"], [new("y", op, ["x"], ["y"], Origin.Of("node"))], ImmutableDictionary<string, Tensor>.Empty,
        ImmutableDictionary<string, TensorType>.Empty.Add("x", new(ElementType.I8, x, X)).Add("y", new(ElementType.I8, y, Quantization.PerTensor(0.043, 11))));

    private static Resize Make(string mode, string transformation, EquatableArray<int> sizes) =>
        new(ResizeSampling.Legacy(mode) with { Transformation = transformation }, [], sizes, [], [], "stretch", false);

    // Against exact arithmetic on the same integers: the operator's own sums in double precision.
    private static double Worst(Resize op, Tensor image, Quantization x, Tensor actual, Quantization y, ElementType element)
    {
        Tensor real = Tensor.Of(image.Shape, [.. Enumerable.Range(0, image.Count).Select(i => x.Scale * (image.Integer(i) - x.Zero))]);
        Tensor exact = op.Evaluate(new([real], 1))[0];
        double worst = 0;
        for (int i = 0; i < actual.Count; i++)
            worst = Math.Max(worst, Math.Abs(actual.Integer(i) - Math.Clamp(exact.Number(i) / y.Scale + y.Zero, element.Range().Lo, element.Range().Hi)));
        return worst;
    }

    private static Tensor Wide(params int[] extents)
    {
        var random = new Random(9);
        Shape shape = Shape.Create(extents);
        return Tensor.Of(shape, Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1)).ToArray());
    }
}
