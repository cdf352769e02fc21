using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>A node of a typed graph with what it became.</summary>
/// <param name="Type">Of the value it computes.</param>
public sealed record LoweredNode(Node Node, Lowered Form, TensorType Type)
{
    /// <summary>The values it reads; constants that are inside its kernel are not among them.</summary>
    public ImmutableArray<string> Operands => Form switch
    {
        KernelLowered kernel => kernel.Operands,
        ViewLowered view => [view.Operand],
        _ => throw new InvalidOperationException($"{Form.GetType().Name} is no form of a node"),
    };

    /// <summary>Computes it with the reference's kernels.</summary>
    public Tensor Run(Func<string, Tensor> valueOf) => Form switch
    {
        KernelLowered { Kernel: var kernel } => KernelRunner.Run(kernel, [.. Operands.Select(valueOf)], Type.Element, Type.Shape),
        _ => valueOf(Operands[0]).Reshape(Type.Shape),
    };
}
