using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// An operator that makes one element of each window of each channel: [N,C,H,W] to [N,C,H',W'], channels-last likewise. One
/// spatial axis is lifted to two while canonicalizing.
/// </summary>
public abstract record PoolOperator(WindowAttributes Window, bool ChannelsLast) : Operator
{
    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        ChannelsLast ? [.. Window.Attributes, ("channels_last", true)] : Window.Attributes;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        return [x with { Shape = Output(x.Shape) }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        WindowAttributes resolved = Window.Resolve(Spatial(x)).Attributes;
        if (x.Rank == 4)
            return resolved == Window ? Simplify(context) : [context.Add(this with { Window = resolved }, context.Input(0))];
        if (x.Rank != 3)
            throw OperatorException.Unsupported($"{Name} over {x.Rank - 2} spatial axes is not supported. Use one or two.");
        string lifted = context.Add(new Reshape([x[0], x[1], 1, x[2]]), context.Input(0));
        string y = context.Add(this with { Window = resolved.Lift() }, lifted);
        return [context.Add(new Reshape([.. context.OutputType().Shape]), y)];
    }

    public override bool NeedsChannelsLast => true;

    public override Operator? ToChannelsLast(InferContext context) => this with { ChannelsLast = true };

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), last = ToLast(x);
        WindowGeometry geometry = Resolved(x.Shape).Geometry(last.Shape);
        Tensor y = Tensor.Zeros(ElementType.F32, [geometry.Batch, geometry.OutHeight, geometry.OutWidth, geometry.Channels]);
        RowSplit.Run(
            geometry.Batch * geometry.OutHeight, (long)y.Count * geometry.KernelHeight * geometry.KernelWidth,
            (first, end) => Pool(geometry, last, y, first, end));
        return [FromLast(y, x)];
    }

    /// <summary>Fills rows of a channels-last f32 output; see <see cref="FloatPool"/>.</summary>
    private protected abstract void Pool(WindowGeometry geometry, Tensor x, Tensor y, int firstRow, int endRow);

    /// <summary>What replaces the node once its windows are explicit; null if it is canonical.</summary>
    private protected virtual ImmutableArray<string>? Simplify(Canonicalizer context) => null;

    internal WindowGeometry Geometry(Shape last) => Window.Geometry(last, last[3], null, last[3]);

    /// <summary>The loop nest of a node that is ready to be lowered.</summary>
    private protected WindowGeometry Geometry(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        return ChannelsLast
            ? Geometry(context.Shape(0))
            : throw new OperatorException("EC4003", $"{Name} must be channels-last to be lowered. Run the pass channels-last first.");
    }

    /// <summary>This operator over two spatial axes, without auto_pad.</summary>
    private protected PoolOperator Resolved(Shape x)
    {
        WindowAttributes resolved = Window.Resolve(Spatial(x)).Attributes;
        return x.Rank switch
        {
            4 => this with { Window = resolved },
            3 when !ChannelsLast => this with { Window = resolved.Lift() },
            _ => throw OperatorException.Unsupported($"{Name} over {x.Rank - 2} spatial axes is not supported. Use one or two."),
        };
    }

    /// <summary>The input as f32 [N, H, W, C].</summary>
    private protected Tensor ToLast(Tensor x)
    {
        Tensor image = x.ToF32();
        if (x.Shape.Rank == 3)
            image = image.Reshape([x.Shape[0], x.Shape[1], 1, x.Shape[2]]);
        return ChannelsLast ? image : image.Transpose([0, 2, 3, 1]);
    }

    /// <summary>A channels-last result in the layout, rank and element type of the input.</summary>
    private protected Tensor FromLast(Tensor y, Tensor x) =>
        (ChannelsLast ? y : y.Transpose([0, 3, 1, 2])).Reshape(Output(x.Shape)).ConvertTo(x.Element);

    private protected Shape Output(Shape x)
    {
        if (x.Rank < 3)
            throw OperatorException.Invalid($"{Name} needs an input [N,C,…], not {x}.");
        int[] spatial = Window.Resolve(Spatial(x)).Output;
        IEnumerable<int> extents = ChannelsLast ? [x[0], .. spatial, x[^1]] : [x[0], x[1], .. spatial];
        return Extents.Checked([.. extents.Select(extent => (long)extent)]);
    }

    private int[] Spatial(Shape shape) => ChannelsLast ? shape.ToArray()[1..^1] : shape.ToArray()[2..];
}
