using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>Matrix products of i8 or i16, the right side weights or of the left side's type. A row is one row of the left side of one batch: [0, Batch · Rows).</summary>
public static class IntegerMatmul
{
    /// <summary>finish(bias + Σ (left - leftZero) · (right - rightZero)).</summary>
    /// <param name="bias">[Columns], or empty for none.</param>
    public static void Multiply<T, TRight>(
        in MatmulGeometry g, ReadOnlySpan<T> left, int leftZero, ReadOnlySpan<TRight> right, int rightZero, ReadOnlySpan<int> bias,
        Requantizer finish, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
        where TRight : unmanaged, IBinaryInteger<TRight>
    {
        int side = g.Inner * g.Columns, loaded = -1;
        ReadOnlySpan<TRight> columns = default;
        long[] corrections = [];
        for (int row = firstRow; row < endRow; row++)
        {
            (int batch, int inBatch) = Math.DivRem(row, g.Rows);
            int rightBatch = g.BroadcastRight ? 0 : batch;
            if (rightBatch != loaded)
            {
                // One row of `columns` for each output column, whichever way the right side is stored.
                ReadOnlySpan<TRight> matrix = right.Slice(rightBatch * side, side);
                columns = g.RightTransposed ? matrix : Transpose(matrix, g.Inner, g.Columns);
                corrections = IntegerWindow.Corrections(columns, bias, leftZero, g.Columns, g.Inner);
                loaded = rightBatch;
            }

            int leftRow = g.BroadcastLeft ? inBatch : row;
            ReadOnlySpan<T> values = left.Slice(leftRow * g.Inner, g.Inner);
            // Σ (l - zl)(r - zr) = Σ l·r - zl·Σ r - zr·(Σ l - n·zl)
            long correction = rightZero * (IntegerDot.Total(values) - (long)g.Inner * leftZero);
            Span<T> target = y.Slice(row * g.Columns, g.Columns);
            for (int c = 0; c < target.Length; c++)
            {
                long sum = IntegerDot.Product(values, columns.Slice(c * g.Inner, g.Inner)) + corrections[c] - correction;
                target[c] = finish.Apply<T>(sum, c);
            }
        }
    }

    private static T[] Transpose<T>(ReadOnlySpan<T> matrix, int rows, int columns)
    {
        var transposed = new T[matrix.Length];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                transposed[c * rows + r] = matrix[r * columns + c];
        return transposed;
    }
}
