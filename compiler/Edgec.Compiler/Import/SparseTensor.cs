using Edgec.Runtime;

namespace Edgec.Import;

/// <summary>Sparse tensors of a model file, which the rest of the compiler sees dense.</summary>
internal static class SparseTensor
{
    /// <summary>A few bytes can declare any shape, so the dense form is bounded on its own.</summary>
    private const long MaxBytes = 256L << 20;

    /// <param name="values">[n].</param>
    /// <param name="indices">i64: [n], into the flattened tensor, or [n, rank].</param>
    /// <returns>Null if they do not fit together or the result would be too large.</returns>
    public static Tensor? Expand(Tensor values, Tensor indices, Shape shape)
    {
        int size = values.Element.SizeOf();
        bool flat = indices.Shape.Rank == 1;
        if (values.Shape.Rank != 1 || indices.Element != ElementType.I64 || shape.ElementCount * size > MaxBytes)
            return null;
        if (indices.Shape != (flat ? values.Shape : [values.Count, shape.Rank]))
            return null;

        var dense = new byte[shape.ElementCount * size];
        ReadOnlySpan<long> at = indices.Span<long>();
        for (int i = 0; i < values.Count; i++)
        {
            long position = flat ? at[i] : Position(at.Slice(i * shape.Rank, shape.Rank), shape);
            if (position < 0 || position >= shape.ElementCount)
                return null;
            values.Bytes.Slice(i * size, size).CopyTo(dense.AsSpan((int)position * size));
        }

        return Tensor.FromBytes(values.Element, shape, dense);
    }

    private static long Position(ReadOnlySpan<long> index, Shape shape)
    {
        long position = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (index[axis] < 0 || index[axis] >= shape[axis])
                return -1;
            position = position * shape[axis] + index[axis];
        }

        return position;
    }
}
