using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>
/// The indices, i64 [Outer, Count, Inner], of the greatest or least elements along the middle axis of [Outer, Length, Inner], in
/// their order; equal ones by index. One operand.
/// </summary>
/// <param name="Operand">Element type of the operand: i8, i16 or f32.</param>
public sealed record SelectKernel(RowGeometry Geometry, int Count, bool Greatest, ElementType Operand) : Kernel
{
    public override string Shape => "select";
}
