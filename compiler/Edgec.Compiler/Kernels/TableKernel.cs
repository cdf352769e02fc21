using Edgec.Runtime;

namespace Edgec.Kernels;

/// <summary>Any function of one i8: <c>y = table[x + 128]</c>, element by element.</summary>
/// <param name="Count">Number of elements.</param>
/// <param name="Table">i8[256].</param>
/// <param name="WorstError">The greatest distance from the function itself over all 256 inputs, in steps of the result.</param>
public sealed record TableKernel(int Count, Tensor Table, double WorstError = 0.5) : Kernel
{
    public override string Shape => "table";

    public override IEnumerable<KernelConstant> Constants => [new("table", Table)];
}
