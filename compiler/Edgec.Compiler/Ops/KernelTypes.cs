using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Which element types have kernels: f32, and i8 with a scale.</summary>
internal static class KernelTypes
{
    /// <exception cref="OperatorException">The node computes on another type at run time.</exception>
    public static void Require(LoweringContext context, string name)
    {
        ElementType wanted = context.IsQuantized ? ElementType.I8 : ElementType.F32;
        for (int i = 0; i < context.Count; i++)
            Require(context.Has(i) && context.Constant(i) is null ? context.Input(i).Element : wanted, wanted, name);
        Require(context.Output.Element, wanted, name);
    }

    private static void Require(ElementType element, ElementType wanted, string name)
    {
        if (element != wanted)
            throw new OperatorException("EC4004", $"Operator {name} on {element.Text()} has no kernel. Cast to float before it, or make its inputs constant.");
    }
}
