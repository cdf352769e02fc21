using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>Data with elements moved to places that indices name at run time. Operands: data, indices, updates.</summary>
/// <param name="ElementSize">Bytes of an element: 1, 2, 4 or 8.</param>
/// <param name="Index">Element type of the indices: i32 or i64.</param>
public sealed record ScatterKernel(GatherGeometry Geometry, int ElementSize, ElementType Index) : Kernel
{
    public override string Shape => "scatter";

    /// <summary>Elements of the data.</summary>
    public long Count => (long)Geometry.Outer * Geometry.Plane * Geometry.Inner;
}
