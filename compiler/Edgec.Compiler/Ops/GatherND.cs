using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>For each index tuple (the last axis of input 1) the slice of the data at that place.</summary>
/// <param name="BatchAxes">ONNX's batch_dims: leading axes that data and indices share.</param>
public sealed record GatherND(int BatchAxes) : Operator
{
    public static readonly OpDef Def = new("gather-nd", "GatherND", a => new GatherND(a.Int("batch_dims", 0)));

    public override string Name => "gather-nd";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => BatchAxes == 0 ? [] : [("batch_dims", BatchAxes)];

    public override QuantizationRule Quantization => QuantizationRule.SharedWithTables;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        Shape indices = context.Shape(1);
        if (BatchAxes < 0 || indices.Rank <= BatchAxes || x.Shape.Rank < BatchAxes + indices[^1] || !x.Shape.Take(BatchAxes).SequenceEqual(indices.Take(BatchAxes)))
            throw OperatorException.Invalid($"GatherND cannot take slices of {x.Shape} by indices {indices} with {BatchAxes} batch axes.");
        TensorIndex.RequireInRange(context, 1, [.. x.Shape.Skip(BatchAxes).Take(indices[^1])]);
        return [x with { Shape = Gathered(x.Shape, indices) }];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), indices = context.Input(1), y = Tensor.Zeros(x.Element, Gathered(x.Shape, indices.Shape));
        int at = 0;
        foreach ((int start, int length) in TensorIndex.Slices(x.Shape, indices, BatchAxes))
        {
            int bytes = length * x.Element.SizeOf();
            x.Bytes.Slice(start * x.Element.SizeOf(), bytes).CopyTo(y.WritableBytes[at..]);
            at += bytes;
        }

        return [y];
    }

    public override Lowered Lower(LoweringContext context) =>
        IndexedLowering.Gather(context, Name, IndexedLowering.Slices(context.Shape(0), context.Shape(1), BatchAxes));

    private Shape Gathered(Shape x, Shape indices) =>
        Extents.Checked([.. indices.SkipLast(1).Concat(x.Skip(BatchAxes + indices[^1])).Select(extent => (long)extent)]);
}
