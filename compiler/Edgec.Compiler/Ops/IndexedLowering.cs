using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Kernels of operators whose indices are known at run time only.</summary>
internal static class IndexedLowering
{
    /// <summary>The kernel that gathers from input 0 by input 1.</summary>
    public static KernelLowered Gather(LoweringContext context, string name, GatherGeometry geometry)
    {
        RequireOneType(context, name, 0);
        return context.Kernel(new GatherKernel(Checked(geometry), context.Output.Element.SizeOf(), IndexOf(context, name)), 0, 1);
    }

    /// <summary>The kernel that puts input 2 into input 0 by input 1.</summary>
    public static KernelLowered Scatter(LoweringContext context, string name, GatherGeometry geometry)
    {
        RequireOneType(context, name, 0, 2);
        return context.Kernel(new ScatterKernel(Checked(geometry), context.Output.Element.SizeOf(), IndexOf(context, name)), 0, 1, 2);
    }

    /// <summary>Elements along an axis, each by an index of its own: GatherElements, ScatterElements.</summary>
    /// <exception cref="OperatorException">Indices do not cover the other axes.</exception>
    public static GatherGeometry Along(string name, Shape data, Shape indices, int axis) => data.With(axis, indices[axis]) == indices
        ? new(data.Product(0, axis), indices[axis], data.Product(axis + 1, data.Rank), [data[axis]], OuterIndexed: true, InnerIndexed: true)
        : throw new OperatorException("EC4002", $"{name} by indices {indices} that cover only a part of the other axes of {data} has no kernel. Slice the data to their extents.");

    /// <summary>Slices, each by a tuple of indices: GatherND, ScatterND.</summary>
    public static GatherGeometry Slices(Shape data, Shape indices, int batchAxes)
    {
        int depth = indices[^1];
        return new(
            data.Product(0, batchAxes), indices.Product(batchAxes, indices.Rank - 1), data.Product(batchAxes + depth, data.Rank),
            [.. data.Skip(batchAxes).Take(depth)], OuterIndexed: true, InnerIndexed: false);
    }

    /// <exception cref="OperatorException">Inputs whose bits are moved differ from the output in type or scale.</exception>
    public static void RequireOneType(LoweringContext context, string name, params ReadOnlySpan<int> moved)
    {
        foreach (int input in moved)
        {
            if (context.Input(input).Element != context.Output.Element || context.Input(input).Quantization != context.Output.Quantization)
                throw new OperatorException("EC3003", $"Operator {name} moves integers, so its inputs and output need one scale and zero point. Requantize the inputs before it.");
        }
    }

    private static GatherGeometry Checked(GatherGeometry g) => g.Extents.Length <= GatherGeometry.MaxDepth
        ? g
        : throw new OperatorException("EC4002", $"Tuples of {g.Extents.Length} indices have no kernel; {GatherGeometry.MaxDepth} are the most. Join axes of the data by a reshape.");

    private static ElementType IndexOf(LoweringContext context, string name) => context.Input(1).Element is ElementType.I32 or ElementType.I64
        ? context.Input(1).Element
        : throw new OperatorException("EC4004", $"Operator {name} with indices of {context.Input(1).Element.Text()} has no kernel. Cast them to int64.");
}
