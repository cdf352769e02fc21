namespace Edgec.Runtime.Kernels;

/// <summary>
/// One loop nest that moves elements: for every index (i0, i1, …) below <paramref name="Extents"/>, element
/// <c>TargetOffset + Σ i·TargetStrides</c> of the output becomes element <c>SourceOffset + Σ i·SourceStrides</c> of an operand.
/// Offsets and strides count elements; a source stride of 0 repeats, a negative one reverses. At most eight loops.
/// </summary>
/// <param name="Operand">Which operand is read.</param>
public sealed record StridedCopy(
    int Operand,
    int[] Extents,
    int[] SourceStrides,
    int[] TargetStrides,
    int SourceOffset,
    int TargetOffset);
