using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Transposed convolution: every input pixel adds its multiple of the kernel to the output, at strides. x [N,C,H,W], weights
/// [C,M/groups,kH,kW], bias [M]. Canonical, with constant weights, a convolution at the input's resolution; see
/// <see cref="SubpixelConvolution"/>.
/// </summary>
public sealed record ConvTranspose(
    WindowAttributes Window, int Groups, EquatableArray<int> OutputPadding, EquatableArray<int> OutputShape) : Operator
{
    public static readonly OpDef Def = new("conv-transpose", "ConvTranspose", a =>
        new ConvTranspose(WindowAttributes.Read(a), a.Int("group", 1), a.Ints("output_padding"), a.Ints("output_shape")));

    public override string Name => "conv-transpose";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            foreach ((string Name, AttributeValue Value) attribute in Window.Attributes)
                yield return attribute;
            if (Groups != 1)
                yield return ("group", Groups);
            if (OutputPadding.Count > 0)
                yield return ("output_padding", OutputPadding);
            if (OutputShape.Count > 0)
                yield return ("output_shape", OutputShape);
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        Shape w = context.Shape(1);
        TransposedAxis[] axes = Resolve(x.Shape, w);
        long channels = (long)w[1] * Groups;
        if (context.Has(2) && context.Shape(2).ElementCount != channels)
            throw OperatorException.Invalid($"ConvTranspose has {channels} output channels but a bias {context.Shape(2)}.");
        return [x with { Shape = Extents.Checked([x.Shape[0], channels, .. axes.Select(axis => (long)axis.Output)]) }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0), w = context.Shape(1);
        TransposedAxis[] axes = Resolve(x, w);
        Tensor? bias = context.Constant(2);
        if (context.Type(0).Element != ElementType.F32 || context.Constant(1) is not { } weights || (context.Has(2) && bias is null))
            return null;
        if (axes.Length == 2)
            return [SubpixelConvolution.Build(axes[0], axes[1], Groups, context.Input(0), weights, bias, context)];
        string lifted = context.Add(new Reshape([x[0], x[1], 1, x[2]]), context.Input(0));
        string y = SubpixelConvolution.Build(TransposedAxis.One, axes[0], Groups, lifted, weights.Reshape([w[0], w[1], 1, w[2]]), bias, context);
        return [context.Add(new Reshape([.. context.OutputType().Shape]), y)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), w = context.Input(1);
        TransposedAxis[] axes = Resolve(x.Shape, w.Shape);
        TransposedAxis rows = axes.Length == 1 ? TransposedAxis.One : axes[0], columns = axes[^1];
        int outChannels = w.Shape[1] * Groups, size = rows.Output * columns.Output;
        var y = new float[(long)x.Shape[0] * outChannels * size];
        ReadOnlySpan<float> bias = context.Optional(2) is { } b ? b.ToF32().Span<float>() : new float[outChannels];
        for (int plane = 0; plane < x.Shape[0] * outChannels; plane++)
            y.AsSpan(plane * size, size).Fill(bias[plane % outChannels]);
        int pixel = 0;
        ReadOnlySpan<float> source = x.ToF32().Span<float>(), weights = w.ToF32().Span<float>();
        int perGroup = w.Shape[1], groupInputs = x.Shape[1] / Groups, kernel = rows.Kernel * columns.Kernel;
        for (int n = 0; n < x.Shape[0]; n++)
            for (int c = 0; c < x.Shape[1]; c++)
                for (int iy = 0; iy < rows.Input; iy++)
                    for (int ix = 0; ix < columns.Input; ix++, pixel++)
                        for (int m = 0; m < perGroup; m++)
                        {
                            int plane = n * outChannels + c / groupInputs * perGroup + m;
                            Scatter(source[pixel], weights.Slice((c * perGroup + m) * kernel, kernel), rows, columns, iy, ix, y.AsSpan(plane * size, size));
                        }

        return [Tensor.Of(Infer(context.Infer)[0].Shape, y).ConvertTo(x.Element)];
    }

    public override long Macs(InferContext context) => context.Shape(0).ElementCount * (context.Shape(1).ElementCount / Math.Max(context.Shape(1)[0], 1));

    private static void Scatter(float value, ReadOnlySpan<float> kernel, in TransposedAxis rows, in TransposedAxis columns, int iy, int ix, Span<float> plane)
    {
        for (int ky = 0; ky < rows.Kernel; ky++)
        {
            int oy = iy * rows.Stride + ky * rows.Dilation - rows.Begin;
            if ((uint)oy >= (uint)rows.Output)
                continue;
            for (int kx = 0; kx < columns.Kernel; kx++)
            {
                int ox = ix * columns.Stride + kx * columns.Dilation - columns.Begin;
                if ((uint)ox < (uint)columns.Output)
                    plane[oy * columns.Output + ox] += value * kernel[ky * columns.Kernel + kx];
            }
        }
    }

    private TransposedAxis[] Resolve(Shape x, Shape w)
    {
        if (x.Rank < 3 || x.Rank != w.Rank)
            throw OperatorException.Invalid($"ConvTranspose needs an input [N,C,…] and weights of the same rank, not {x} and {w}.");
        if (x.Rank > 4)
            throw OperatorException.Unsupported($"ConvTranspose over {x.Rank - 2} spatial axes is not supported. Use one or two.");
        if (Groups < 1 || x[1] != w[0] || x[1] % Groups != 0)
            throw OperatorException.Invalid($"ConvTranspose has {x[1]} input channels, weights {w} and {Groups} groups, which do not fit.");
        int rank = x.Rank - 2;
        int[] kernel = [.. w.Skip(2)], output = [.. OutputShape.Skip(OutputShape.Count == x.Rank ? 2 : 0)];
        bool fits = Count(Window.Kernel, rank) && Count(Window.Strides, rank) && Count(Window.Dilations, rank) && Count(Window.Pads, 2 * rank)
            && Count(OutputPadding, rank) && (output.Length == 0 || output.Length == rank)
            && (Window.Kernel.Count == 0 || Window.Kernel.SequenceEqual(kernel));
        if (!fits || kernel.Contains(0) || Window.Strides.Concat(Window.Dilations).Any(v => v < 1) || OutputPadding.Concat(output).Concat(Window.Pads).Any(v => v < 0))
            throw OperatorException.Invalid($"The attributes of ConvTranspose do not fit {rank} spatial axes and weights {w}.");
        return [.. Enumerable.Range(0, rank).Select(i => TransposedAxis.Of(
            x[i + 2], kernel[i], At(Window.Strides, i, 1), At(Window.Dilations, i, 1), At(Window.Pads, i, 0), At(Window.Pads, i + rank, 0),
            At(OutputPadding, i, 0), output.Length == 0 ? null : output[i], Window.AutoPad))];

        static bool Count(EquatableArray<int> values, int wanted) => values.Count == 0 || values.Count == wanted;

        static int At(EquatableArray<int> values, int index, int absent) => values.Count == 0 ? absent : values[index];
    }
}
