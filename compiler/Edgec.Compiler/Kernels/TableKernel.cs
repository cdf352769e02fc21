using Edgec.Runtime;

namespace Edgec.Kernels;

/// <summary>Any function of one i8: <c>y = table[x + 128]</c>, element by element.</summary>
/// <param name="Count">Number of elements.</param>
/// <param name="Table">i8[256].</param>
public sealed record TableKernel(int Count, Tensor Table) : Kernel
{
    public override string Shape => "table";

    public override IEnumerable<KernelConstant> Constants => [new("table", Table)];
}
