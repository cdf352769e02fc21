using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>Moves elements from places that indices name at run time. Operands: data, indices.</summary>
/// <param name="ElementSize">Bytes of an element: 1, 2, 4 or 8.</param>
/// <param name="Index">Element type of the indices: i32 or i64.</param>
public sealed record GatherKernel(GatherGeometry Geometry, int ElementSize, ElementType Index) : Kernel
{
    public override string Shape => "gather";
}
