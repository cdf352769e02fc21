using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// The maximum of each window; padding never wins. The second output, if a model reads it, tells where in the flat input
/// each maximum lies; it can be evaluated but has no kernel.
/// </summary>
/// <param name="ColumnMajor">ONNX's storage_order: positions count down columns.</param>
public sealed record MaxPool(WindowAttributes Window, bool ChannelsLast, bool ColumnMajor) : PoolOperator(Window, ChannelsLast)
{
    public static readonly OpDef Def = new("max-pool", "MaxPool", a =>
        new MaxPool(WindowAttributes.Read(a), a.Flag("channels_last"), a.Flag("storage_order")));

    public override string Name => "max-pool";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        ColumnMajor ? [.. base.Attributes, ("storage_order", 1)] : base.Attributes;

    public override QuantizationRule Quantization => QuantizationRule.Shared;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType y = base.Infer(context)[0];
        return context.Outputs > 1 ? [y, new(ElementType.I64, y.Shape)] : [y];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        if (context.IsRead(1))
            return null;
        return context.Outputs > 1 || ColumnMajor
            ? [context.Add(this with { ColumnMajor = false }, context.Input(0))]
            : base.Canonicalize(context);
    }

    public override Operator? ToChannelsLast(InferContext context) => context.Outputs > 1 ? null : base.ToChannelsLast(context);

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        ImmutableArray<Tensor> y = base.Evaluate(context);
        return context.Outputs > 1 ? [.. y, Positions(context.Input(0))] : y;
    }

    public override Lowered Lower(LoweringContext context)
    {
        WindowGeometry geometry = Geometry(context);
        if (context.Input(0).Quantization != context.Output.Quantization)
            throw new OperatorException("EC3003", "MaxPool selects integers, so its input and output need one scale and zero point. Requantize the input before it.");
        Finish finish = context.IsQuantized ? ClampFinish.None(context.Output.Element) : FloatFinish.Identity;
        return context.Kernel(new WindowKernel(WindowMode.Maximum, geometry, null, null, finish), 0);
    }

    private protected override void Pool(WindowGeometry geometry, Tensor x, Tensor y, int firstRow, int endRow) => FloatPool.Maximum(
        geometry, x.Span<float>(), float.NegativeInfinity, float.PositiveInfinity, y.Span<float>(), firstRow, endRow);

    /// <summary>Where the first maximum of each window lies in [N, C, H, W].</summary>
    private Tensor Positions(Tensor x)
    {
        ReadOnlySpan<float> last = ToLast(x).Span<float>();
        int height = x.Shape.Rank == 4 ? x.Shape[2] : 1, width = x.Shape[^1], channels = x.Shape[1];
        WindowGeometry g = Resolved(x.Shape).Geometry([x.Shape[0], height, width, channels]);
        var positions = new long[Output(x.Shape).ElementCount];
        int at = 0;
        for (int n = 0; n < g.Batch; n++)
            for (int c = 0; c < channels; c++)
                for (int oy = 0; oy < g.OutHeight; oy++)
                    for (int ox = 0; ox < g.OutWidth; ox++)
                    {
                        int pixel = HighestPixel(g, last, n * g.OutHeight + oy, ox, c) - n * height * width;
                        int inImage = ColumnMajor ? pixel % width * height + pixel / width : pixel;
                        positions[at++] = ((long)n * channels + c) * height * width + inImage;
                    }

        return Tensor.Of(Output(x.Shape), positions);
    }

    private static int HighestPixel(in WindowGeometry g, ReadOnlySpan<float> x, int row, int ox, int channel)
    {
        int highest = -1;
        for (int ky = 0; ky < g.KernelHeight; ky++)
            for (int kx = 0; kx < g.KernelWidth; kx++)
            {
                if (g.TryPixel(row, ox, ky, kx, out int pixel)
                    && (highest < 0 || x[pixel * g.Channels + channel] > x[highest * g.Channels + channel]))
                    highest = pixel;
            }

        return highest;
    }
}
