using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Which element types have kernels: f32, and i8 and i16 with a scale.</summary>
internal static class KernelTypes
{
    /// <summary>All operands and the result have one type that kernels compute with.</summary>
    /// <exception cref="OperatorException">The node computes on another type at run time.</exception>
    public static void Require(LoweringContext context, string name) => Require(context, name, [.. Enumerable.Range(0, context.Count)]);

    /// <summary>The same for some of the operands, where the others are indices.</summary>
    public static void Require(LoweringContext context, string name, ImmutableArray<int> inputs)
    {
        ElementType wanted = !context.IsQuantized ? ElementType.F32 : context.Output.Element == ElementType.I16 ? ElementType.I16 : ElementType.I8;
        foreach (int i in inputs)
        {
            if (context.Has(i) && context.Constant(i) is null)
                Require(context, context.Input(i), wanted, name);
        }

        Require(context, context.Output, wanted, name);
    }

    private static void Require(LoweringContext context, Ir.TensorType type, ElementType wanted, string name)
    {
        if (type.Element != wanted)
        {
            throw new OperatorException("EC4004", context.IsQuantized && type.Quantization is not null
                ? $"Operator {name} has operands of {type.Element.Text()} and {wanted.Text()}. Put a rescale before it."
                : $"Operator {name} on {type.Element.Text()} has no kernel. Cast to float before it, or make its inputs constant.");
        }

        if (wanted == ElementType.I16 && type.Quantization is { Axis: < 0, Zero: not 0 } q)
            throw new OperatorException("EC3005", $"Operator {name} takes 16-bit values with zero point 0, not {q.Zero}. Put a rescale before it.");
    }
}
