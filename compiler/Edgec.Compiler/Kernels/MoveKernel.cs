using System.Collections.Immutable;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>Moves elements without changing them: transpose, concat, slice, pad, nearest resize. Any number of operands.</summary>
/// <param name="ElementSize">Bytes of an element: 1, 2, 4 or 8.</param>
/// <param name="Count">Elements of the output.</param>
/// <param name="Copies">Done one after the other; together with the fill they write every output element.</param>
/// <param name="Fill">The bits every output element gets before the copies, if any.</param>
public sealed record MoveKernel(int ElementSize, int Count, ImmutableArray<StridedCopy> Copies, long? Fill = null) : Kernel
{
    public override string Shape => "move";
}
