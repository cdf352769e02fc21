using System.Collections.Immutable;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Tests.Hls;

/// <summary>One kernel, its operands, and the result the reference gives.</summary>
/// <param name="Kernel">For a number of lanes: kernels that move elements are built from stored strides.</param>
internal sealed record EngineCase(string Name, Func<int, Kernel> Kernel, ImmutableArray<Tensor> Operands, Shape Result)
{
    public EngineCase(string name, Kernel kernel, Tensor operand, Shape result)
        : this(name, _ => kernel, [operand], result)
    {
    }

    /// <summary>Element type of the result.</summary>
    public ElementType Element { get; init; } = ElementType.I8;

    public Tensor Expected => KernelRunner.Run(Kernel(1), Operands, Element, Result);
}
