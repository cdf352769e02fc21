using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>The mean of each window.</summary>
/// <param name="CountPadding">Padding counts as zeros; otherwise only what lies inside counts.</param>
public sealed record AveragePool(WindowAttributes Window, bool ChannelsLast, bool CountPadding) : PoolOperator(Window, ChannelsLast)
{
    public static readonly OpDef Def = new("average-pool", "AveragePool", a =>
        new AveragePool(WindowAttributes.Read(a), a.Flag("channels_last"), a.Flag("count_include_pad")));

    public override string Name => "average-pool";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        CountPadding ? [.. base.Attributes, ("count_include_pad", true)] : base.Attributes;

    public override bool HasWideForm => true;

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        var resolved = (AveragePool)Resolved(x.Shape);
        if (!CountPadding || !resolved.Window.CeilMode)
            return base.Evaluate(context);
        Tensor last = ToLast(x);
        Tensor padded = resolved.Padding(2).Evaluate(new([last.Transpose([0, 3, 1, 2])], 1))[0];
        Tensor y = (resolved.BehindPadding([last.Shape[1], last.Shape[2]]) with { ChannelsLast = false }).Evaluate(new([padded], 1))[0];
        return [FromLast(y.Transpose([0, 2, 3, 1]), x)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        WindowGeometry g = Geometry(context);
        Finish finish = FloatFinish.Identity;
        int zero = 0;
        if (context.IsQuantized)
        {
            (Quantization x, Quantization y) = (context.Quantization(0), context.Output.Quantization!);
            double[] ratios = [0, .. Enumerable.Range(1, g.KernelHeight * g.KernelWidth).Select(count => x.Scale / y.Scale / count)];
            finish = Scaling.Finish(context, ratios, Activation.None);
            zero = x.Zero;
        }

        return context.Kernel(new WindowKernel(WindowMode.Average, g, null, null, finish, zero, CountPadding), 0);
    }

    private protected override void Pool(WindowGeometry geometry, Tensor x, Tensor y, int firstRow, int endRow) => FloatPool.Average(
        geometry, x.Span<float>(), CountPadding, float.NegativeInfinity, float.PositiveInfinity, y.Span<float>(), firstRow, endRow);

    private protected override ImmutableArray<string>? Simplify(Canonicalizer context)
    {
        if (!CountPadding)
            return null;
        if (Window.Pads.All(pad => pad == 0))
            return [context.Add(this with { CountPadding = false }, context.Input(0))];
        if (!Window.CeilMode)
            return null;
        // In ceil mode a window may end beyond the padding, and what lies there does not count: pad first, then count what is inside.
        int axis = ChannelsLast ? 1 : 2;
        Shape x = context.Shape(0);
        return [context.Add(BehindPadding([x[axis], x[axis + 1]]), context.Add(Padding(axis), context.Input(0)))];
    }

    private Pad Padding(int axis)
    {
        var pads = new int[8];
        (pads[axis], pads[axis + 1], pads[axis + 4], pads[axis + 5]) = (Window.Pads[0], Window.Pads[1], Window.Pads[2], Window.Pads[3]);
        return new([.. pads], "constant", 0);
    }

    /// <summary>The same windows over the padded input; where they end beyond it, by padding that does not count.</summary>
    private AveragePool BehindPadding(int[] spatial)
    {
        int[] output = Window.Resolve(spatial).Output, beyond = new int[4];
        for (int i = 0; i < 2; i++)
        {
            int end = (output[i] - 1) * Window.Strides[i] + (Window.Kernel[i] - 1) * Window.Dilations[i] + 1;
            beyond[i + 2] = Math.Max(end - spatial[i] - Window.Pads[i] - Window.Pads[i + 2], 0);
        }

        return this with { Window = Window with { Pads = [.. beyond], CeilMode = false }, CountPadding = false };
    }
}
