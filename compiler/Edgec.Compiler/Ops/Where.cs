using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Input 1 where the condition (input 0) holds, else input 2, with broadcasting.</summary>
public sealed record Where : Operator
{
    public static readonly OpDef Def = new("where", "Where", _ => new Where());

    public override string Name => "where";

    public override QuantizationRule Quantization => QuantizationRule.SharedWithTables;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Selector : OperandRole.Activation;

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<TensorType> Infer(InferContext context) =>
        [new(context.Input(1).Element, Extents.Broadcast(context.Shape(0), context.Shape(1), context.Shape(2)))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor condition = context.Input(0), a = context.Input(1), b = context.Input(2);
        Shape shape = Extents.Broadcast(condition.Shape, a.Shape, b.Shape);
        var geometry = BroadcastGeometry.Of(shape, condition.Shape, a.Shape, b.Shape);
        BroadcastCursor test = new(geometry, 0), left = new(geometry, 1), right = new(geometry, 2);
        int size = a.Element.SizeOf();
        var bytes = new byte[shape.ElementCount * size];
        for (int i = 0; i < bytes.Length; i += size)
        {
            int from = left.Next(), other = right.Next();
            bool holds = condition.Integer(test.Next()) != 0;
            (holds ? a.Bytes.Slice(from * size, size) : b.Bytes.Slice(other * size, size)).CopyTo(bytes.AsSpan(i));
        }

        return [Tensor.FromBytes(a.Element, shape, bytes)];
    }

    // A known condition of one element chooses between two values, as exporters write optional branches.
    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        if (context.Constant(0) is not { Count: 1 } condition)
            return null;
        int chosen = condition.Integer(0) != 0 ? 1 : 2;
        return context.Shape(chosen) == context.OutputType().Shape ? [context.Input(chosen)] : null;
    }

    public override Lowered Lower(LoweringContext context)
    {
        if (context.Input(0).Element != ElementType.Bool)
            throw new OperatorException("EC4004", $"Operator {Name} with a condition of {context.Input(0).Element.Text()} has no kernel. Cast it to bool.");
        IndexedLowering.RequireOneType(context, Name, 1, 2);
        return context.Kernel(
            new MapKernel(new ChooseStep(), BroadcastGeometry.Of(context.Output.Shape, context.Shape(0), context.Shape(1), context.Shape(2))), 0, 1, 2);
    }
}
