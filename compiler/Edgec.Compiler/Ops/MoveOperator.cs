using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// An operator that moves elements of any type without changing them. The copies it describes are both its value and its
/// kernel; inputs and output share one scale.
/// </summary>
public abstract record MoveOperator : Operator
{
    public override QuantizationRule Quantization => QuantizationRule.Shared;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        TensorType output = Infer(context.Infer)[0];
        var move = new MoveBuilder(output, shape => shape.Strides());
        Describe(move, context.Infer);
        ImmutableArray<Tensor> operands = [.. Enumerable.Range(0, Operands(context.Count)).Select(context.Input)];
        return [KernelRunner.Run(move.Kernel((int)output.Shape.ElementCount), operands, output.Element, output.Shape)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        ImmutableArray<int> operands = [.. Enumerable.Range(0, Operands(context.Count))];
        if (operands.Any(i => context.Input(i).Quantization != context.Output.Quantization))
            throw new OperatorException("EC3003", $"Operator {Name} moves integers, so its inputs and output need one scale and zero point. Requantize the inputs before it.");
        var move = new MoveBuilder(context.Output, context.Strides, MoveBuilder.MaxPlanned);
        Describe(move, context.Infer);
        return context.Kernel(move.Kernel(context.StoredCount(context.Output.Shape)), operands);
    }

    /// <summary>The number of inputs whose elements are moved; they come first.</summary>
    private protected virtual int Operands(int inputs) => 1;

    /// <summary>Adds the copies that make up the output.</summary>
    private protected abstract void Describe(MoveBuilder move, InferContext context);

    /// <summary>The map that leaves an axis as it is.</summary>
    private protected static int[] Identity(int extent) => [.. Enumerable.Range(0, extent)];

    /// <summary>A list with one entry for each axis of [N, C, H, W], in the order of [N, H, W, C].</summary>
    private protected static EquatableArray<int> ChannelsLast(EquatableArray<int> axes) => [axes[0], axes[2], axes[3], axes[1]];

    /// <summary>True if the first input and the output are both [N, C, H, W].</summary>
    private protected bool IsImage(InferContext context) => context.Shape(0).Rank == 4 && Infer(context)[0].Shape.Rank == 4;
}
