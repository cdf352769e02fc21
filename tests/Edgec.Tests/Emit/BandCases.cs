using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;

namespace Edgec.Tests.Emit;

/// <summary>Random chains of steps that run band by band: windows of all kinds, products, elements. Seeded: the same on every run.</summary>
internal sealed class BandCases
{
    private readonly Random random;
    private readonly PlanBuilder builder;
    private readonly ElementType element;
    private readonly bool packed;
    private readonly Identifiers labels = new();
    private int value;
    private (int Height, int Width, int Channels) image;

    private BandCases(int seed, ElementType element, bool packed, bool panels) =>
        (random, builder, this.element, this.packed) = (new(seed), new PlanBuilder("bands", panels), element, packed);

    /// <summary>One plan of many chains, each with inputs of its own, in bands of any height.</summary>
    /// <param name="packed">Weights have 4 bits.</param>
    public static ModelPlan Plan(int seed, ElementType element, int count, bool packed = false, bool panels = false)
    {
        var cases = new BandCases(seed, element, packed, panels);
        int[] last = [.. Enumerable.Range(0, count).Select(_ => cases.Chain())];
        ModelPlan plan = cases.builder.Build(last[^1]);
        return BandSearch.Apply(plan, [.. cases.Chains(plan)], 64);
    }

    // Each starts behind the last step of the one before.
    private IEnumerable<BandChain> Chains(ModelPlan plan)
    {
        var links = new List<SoleReader>();
        foreach (SoleReader link in SoleReader.Of(plan))
        {
            if (links.Count > 0 && links[^1].Reader != link.Source)
            {
                yield return Chain(plan, [.. links]);
                links.Clear();
            }

            links.Add(link);
        }

        yield return Chain(plan, [.. links]);
    }

    private BandChain Chain(ModelPlan plan, ImmutableArray<SoleReader> links)
    {
        BandChain chain = BandChain.Of(plan, links, 1) ?? throw new InvalidOperationException($"the chain from step {links[0].Source.Index} cannot run band by band");
        return chain.With(random.Next(1, chain.AllRows + 1));
    }

    private int Chain()
    {
        image = (random.Next(6, 20), random.Next(3, 9), random.Next(1, 40));
        value = builder.Input(labels.Make("x"), Type());
        if (random.Next(3) == 0)
            Transpose();
        Grow(0);
        for (int steps = random.Next(1, 6); steps > 0; steps--)
            Grow(random.Next(8));
        return value;
    }

    private void Grow(int kind)
    {
        (int h, int w, int c) = image;
        switch (kind)
        {
            case 0 or 1:
                Window(g => KernelCases.Convolution(random, "convolve", element, g with { OutChannels = random.Next(1, 24) }));
                break;
            case 2 or 3:
                Window(g => KernelCases.Convolution(random, "depthwise", element, g with { Groups = g.Channels }));
                break;
            case 4:
                Window(g => random.Next(2) == 0 ? KernelCases.Maximum("maximum", element, g) : KernelCases.Average(random, "average", element, g, random.Next(2) == 0));
                break;
            case 5:
                int columns = random.Next(1, 40);
                var product = new MatmulKernel(
                    new(1, h * w, c, columns, true, false, true), KernelCases.Values(random, element, columns, c), KernelCases.Bias(random, element, columns),
                    KernelCases.Finish(random, element, columns, 0.002), KernelCases.Zero(random, element));
                Step("product", Packed(new("product", product, element, [1, h, w, columns], [1, h, w, c])), columns);
                break;
            case 6:
                int other = builder.Input(labels.Make("other"), Type());
                var sum = new MapKernel(
                    element == ElementType.F32 ? new FloatBinaryStep(BinaryFunction.Add, float.NegativeInfinity, float.PositiveInfinity) : new MaximumStep(-100, 100), BroadcastGeometry.Of([h * w * c], [h * w * c], [h * w * c]));
                value = random.Next(2) == 0 ? builder.Step(labels.Make("sum"), sum, Type(), value, other) : builder.Step(labels.Make("sum"), sum, Type(), other, value);
                break;
            default:
                int gate = builder.Input(labels.Make("gate"), new(element, [c]));
                var gated = new MapKernel(
                    element == ElementType.F32 ? new FloatBinaryStep(BinaryFunction.Multiply, -20, 30) : new MinimumStep(-90, 90), BroadcastGeometry.Of([h, w, c], [h, w, c], [c]));
                value = builder.Step(labels.Make("gated"), gated, Type(), value, gate);
                break;
        }
    }

    // Any kernel whose windows leave out no row.
    private void Window(Func<WindowGeometry, KernelCase> make)
    {
        (int h, int w, int c) = image;
        while (true)
        {
            int kh = random.Next(1, 6), kw = random.Next(1, 4), dy = random.Next(1, 3), sy = random.Next(1, Math.Min(kh, 3) + 1), sx = random.Next(1, 3);
            int extent = (kh - 1) * dy + 1, top = random.Next(kh), left = random.Next(kw);
            int height = (h + top + random.Next(kh) - extent) / sy + 1, width = (w + left + random.Next(kw) - kw) / sx + 1;
            var g = new WindowGeometry(1, h, w, c, height, width, c, kh, kw, sy, sx, dy, 1, top, left, 1);
            if (h + top < extent || w + left < kw || height < 2 || RowReach.Of(new WindowKernel(WindowMode.Maximum, g, null, null, new ClampFinish(0, 0))) is not { IsWhole: true })
                continue;
            KernelCase window = Packed(make(g));
            image = (height, width, image.Channels);
            Step("window", window, ((WindowKernel)window.Kernel).Geometry.OutChannels);
            return;
        }
    }

    private void Step(string label, KernelCase step, int channels)
    {
        image.Channels = channels;
        value = builder.Step(labels.Make(label), step.Kernel, Type(), value);
    }

    // The rows of planes, as an input of an application often has them.
    private void Transpose()
    {
        (int h, int w, int c) = image;
        value = builder.Step(labels.Make("transpose"), new MoveKernel(element.SizeOf(), h * w * c, [new(0, [h, w, c], [w, 1, h * w], [w * c, c, 1], 0, 0)]), Type(), value);
    }

    private KernelCase Packed(KernelCase step) => packed ? KernelCases.Packed(step) ?? step : step;

    private TensorType Type() => new(element, [1, image.Height, image.Width, image.Channels]);
}
