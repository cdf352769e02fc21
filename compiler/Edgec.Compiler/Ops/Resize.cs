using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Scales axes by sampling the input. Nearest moves elements; linear and cubic are one kernel for one axis or two that are neighbours, and otherwise a
/// product with a matrix for each axis. ONNX gives roi, scales and sizes as inputs; canonical, they are attributes. Upsample reads as a Resize.
/// </summary>
/// <param name="Scales">One for each axis named; empty if sizes are given.</param>
/// <param name="Policy">keep_aspect_ratio_policy: stretch, not_larger or not_smaller than the sizes.</param>
/// <param name="ScalesFirst">Scales are input 1, as in operator sets before 11.</param>
public sealed record Resize(
    ResizeSampling Sampling, EquatableArray<float> Scales, EquatableArray<int> Sizes, EquatableArray<float> Roi, EquatableArray<int> Axes,
    string Policy, bool ScalesFirst) : MoveOperator
{
    public static IReadOnlyList<OpDef> Defs { get; } = [new("resize", "Resize", ReadResize), new("upsample", "Upsample", ReadUpsample)];

    public override string Name => "resize";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            foreach ((string Name, AttributeValue Value) attribute in Sampling.Attributes)
                yield return attribute;
            if (Scales.Count > 0)
                yield return ("scales", new FloatsValue(Scales));
            if (Sizes.Count > 0)
                yield return ("sizes", Sizes);
            if (Roi.Count > 0)
                yield return ("roi", new FloatsValue(Roi));
            if (Axes.Count > 0)
                yield return ("axes", Axes);
            if (Policy != "stretch")
                yield return ("keep_aspect_ratio_policy", Policy);
            if (ScalesFirst)
                yield return ("scales_first", true);
        }
    }

    public override QuantizationRule Quantization => IsNearest ? QuantizationRule.Shared
        : Crops ? QuantizationRule.FloatOnly("it interpolates with values from outside the image")
        : QuantizationRule.Calibrated;

    public override bool HasWideForm => !IsNearest;

    private bool IsNearest => Sampling.Mode == "nearest";

    private bool Crops => Sampling.Transformation == "tf_crop_and_resize";

    public override ImmutableArray<TensorType> Infer(InferContext context) =>
        [context.Input(0) with { Shape = Extents.Checked([.. Resolve(context).Select(axis => (long)axis.Output)]) }];

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        ResizeAxis[] axes = Resolve(context.Infer);
        if (!Crops && axes.All(axis => axis.Input == axis.Output && axis.Scale == 1))
            return [context.Input(0)];
        // One pixel gives nothing but itself, as all weights sum to 1.
        if (!Crops && axes.All(axis => axis.Input == 1 || (axis.Input == axis.Output && axis.Scale == 1)))
            return [context.Add(new Expand([.. context.OutputType().Shape]), context.Input(0))];
        if (context.Count == 1 && Axes.Count == 0)
            return Resamples(axes) ? null : Interpolation(axes, context);
        var canonical = this with
        {
            Scales = UsesSizes(context.Infer) ? [] : [.. axes.Select(axis => (float)axis.Scale)],
            Sizes = UsesSizes(context.Infer) ? [.. axes.Select(axis => axis.Output)] : [],
            Roi = Crops ? [.. axes.Select(axis => (float)axis.RoiStart), .. axes.Select(axis => (float)axis.RoiEnd)] : [],
            Axes = [],
            Policy = "stretch",
            ScalesFirst = false,
        };
        return [context.Add(canonical, context.Input(0))];
    }

    public override Operator? ToChannelsLast(InferContext context) => !IsImage(context) || context.Count > 1 || Axes.Count > 0 ? null : this with
    {
        Scales = Last(Scales),
        Sizes = Sizes.Count == 4 ? ChannelsLast(Sizes) : Sizes,
        Roi = Roi.Count == 8 ? [.. Last([.. Roi.Take(4)]), .. Last([.. Roi.Skip(4)])] : Roi,
    };

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        if (IsNearest)
            return base.Evaluate(context);
        Tensor x = context.Input(0);
        ResizeAxis[] axes = Resolve(context.Infer);
        Shape shape = Shape.From(axes.Select(axis => axis.Output));
        if (x.Element == ElementType.F32 && Resamples(axes) && x.Count > 0)
            return [KernelRunner.Run(Resampling.Float(Sampling, axes), [x], ElementType.F32, shape)];
        double[] values = [.. Enumerable.Range(0, x.Count).Select(x.Number)];
        for (int axis = 0, outer = 1; axis < axes.Length; outer *= axes[axis].Output, axis++)
            values = Sample(values, axes[axis], outer);
        return [x.Element.IsFloat()
            ? ElementConversion.FromNumbers(x.Element, shape, i => values[i])
            : Tensor.Of(shape, [.. values.Select(value => (float)Math.Round(value))]).ConvertTo(x.Element)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        if (IsNearest)
            return base.Lower(context);
        ResizeAxis[] axes = Resolve(context.Infer);
        if (!Resamples(axes))
            throw new OperatorException("EC4001", $"Resize in mode {Sampling.Mode} of these axes, or with values from outside the image, has no kernel. Resize two axes without extrapolation, or in mode nearest.");
        KernelTypes.Require(context, Name);
        return context.Kernel(context.IsQuantized ? Resampling.Integer(context, Sampling, axes) : Resampling.Float(Sampling, axes), 0);
    }

    /// <summary>The axes in order, if one kernel interpolates along them.</summary>
    internal ResizeAxis[]? Interpolated(InferContext context) => Resolve(context) is var axes && Resamples(axes) ? axes : null;

    // One kernel does it.
    private bool Resamples(ResizeAxis[] axes) => !IsNearest && !Crops && axes.All(axis => axis.Input > 0) && Resampling.Axes(axes) is not null;

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        if (Crops)
            move.Fill(Sampling.Extrapolation);
        move.Gather(0, context.Shape(0), [.. Resolve(context).Select(axis => Enumerable.Range(0, axis.Output).Select(i => Sampling.NearestIndex(i, axis)).ToArray())]);
    }

    /// <summary>One matrix product for each axis that changes; null where that is not what the resize does.</summary>
    private ImmutableArray<string>? Interpolation(ResizeAxis[] axes, Canonicalizer context)
    {
        if (IsNearest || context.Type(0).Element != ElementType.F32 || context.Shape(0).ElementCount == 0)
            return null;
        Tensor?[] matrices = [.. axes.Select(axis => axis.Input == axis.Output && axis.Scale == 1 && !Crops
            ? Tensor.Zeros(ElementType.F32, [0])
            : Interpolate.Matrix(Sampling, axis))];
        if (matrices.Contains(null))
            return null;
        string y = context.Input(0);
        for (int axis = 0; axis < axes.Length; axis++)
        {
            if (matrices[axis]!.Count > 0)
                y = context.Add(new Interpolate(axis), y, context.AddConstant("matrix", matrices[axis]!));
        }

        return [y];
    }

    /// <summary>Resizes one axis of [outer, axis.Input, inner].</summary>
    private double[] Sample(double[] x, ResizeAxis axis, int outer)
    {
        int inner = x.Length / Math.Max(outer * axis.Input, 1);
        var y = new double[(long)outer * axis.Output * inner];
        for (int i = 0; i < axis.Output; i++)
        {
            (int First, double[] Weights)? taps = Sampling.Taps(i, axis);
            for (int o = 0; o < outer; o++)
            {
                Span<double> target = y.AsSpan((o * axis.Output + i) * inner, inner);
                if (taps is null)
                    target.Fill(Sampling.Extrapolation);
                for (int t = 0; t < (taps?.Weights.Length ?? 0); t++)
                {
                    int source = (o * axis.Input + Math.Clamp(taps!.Value.First + t, 0, axis.Input - 1)) * inner;
                    for (int k = 0; k < inner; k++)
                        target[k] += taps.Value.Weights[t] * x[source + k];
                }
            }
        }

        return y;
    }

    private bool UsesSizes(InferContext context) => Sizes.Count > 0 || (context.Has(3) && context.Shape(3).ElementCount > 0);

    private ResizeAxis[] Resolve(InferContext context)
    {
        Shape x = context.Shape(0);
        int[] named = Axes.Count == 0 ? [.. Enumerable.Range(0, x.Rank)] : [.. Axes.Select(axis => Extents.Axis(axis, x.Rank))];
        float[] roi = [.. Roi];
        if (!ScalesFirst && Crops && context.Has(1) && context.Shape(1).ElementCount > 0)
            roi = [.. context.RequireConstant(1, "roi").ToF32().Span<float>()];
        int scalesInput = ScalesFirst ? 1 : 2;
        float[] scales = context.Has(scalesInput) && context.Shape(scalesInput).ElementCount > 0
            ? [.. context.RequireConstant(scalesInput, "scales").ToF32().Span<float>()]
            : [.. Scales];
        long[] sizes = !ScalesFirst && context.Has(3) && context.Shape(3).ElementCount > 0
            ? context.RequireConstant(3, "sizes").Integers()
            : [.. Sizes.Select(size => (long)size)];
        bool bySize = sizes.Length > 0;
        if ((bySize ? sizes.Length : scales.Length) != named.Length || (roi.Length > 0 && roi.Length != 2 * named.Length) || scales.Any(s => !(s > 0)) || sizes.Any(s => s < 1))
            throw OperatorException.Invalid($"Resize of {x} needs a positive scale or size for each of {named.Length} axes, not scales [{string.Join(',', scales)}] and sizes [{string.Join(',', sizes)}].");
        ResizeAxis[] axes = [.. x.Select(extent => new ResizeAxis(extent, extent, 1, 0, 1))];
        double aspect = !bySize || Policy == "stretch" ? 0 : Aspect([.. sizes.Select((size, i) => size / (double)x[named[i]])]);
        for (int i = 0; i < named.Length; i++)
        {
            int extent = x[named[i]];
            double scale = aspect > 0 ? aspect : bySize ? sizes[i] / (double)extent : scales[i];
            double output = aspect > 0 ? Math.Floor(aspect * extent + 0.5) : bySize ? sizes[i] : Math.Floor(extent * scale);
            if (!(output <= Extents.MaxElements) || (extent == 0 && output > 0))
                throw OperatorException.Invalid($"Resize cannot scale axis {named[i]} of {x} by {scale}.");
            axes[named[i]] = new(extent, (int)output, scale, roi.Length == 0 ? 0 : roi[i], roi.Length == 0 ? 1 : roi[i + named.Length]);
        }

        return axes;
    }

    private double Aspect(double[] ratios) => Policy switch
    {
        "not_larger" => ratios.Min(),
        "not_smaller" => ratios.Max(),
        _ => throw OperatorException.Invalid($"keep_aspect_ratio_policy {Policy} is not one of stretch, not_larger, not_smaller."),
    };

    private static EquatableArray<float> Last(EquatableArray<float> values) =>
        values.Count == 4 ? [values[0], values[2], values[3], values[1]] : values;

    private static Resize ReadResize(AttributeReader a) => a.Opset < 11
        ? new(ResizeSampling.Legacy(a.Text("mode", "nearest")), [], [], [], [], "stretch", ScalesFirst: true)
        : new(
            ResizeSampling.Read(a), a.Floats("scales"), a.Ints("sizes"), a.Floats("roi"), a.Ints("axes"),
            a.Text("keep_aspect_ratio_policy", "stretch"), a.Flag("scales_first"));

    // Opset 1 names height and width, 7 has a list, 9 an input.
    private static Resize ReadUpsample(AttributeReader a)
    {
        EquatableArray<float> scales = a.Has("height_scale") ? [1, 1, a.Float("height_scale", 1), a.Float("width_scale", 1)] : a.Floats("scales");
        return new(ResizeSampling.Legacy(a.Text("mode", "nearest")), scales, [], [], [], "stretch", ScalesFirst: true);
    }
}
