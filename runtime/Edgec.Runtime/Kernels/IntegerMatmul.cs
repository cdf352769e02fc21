namespace Edgec.Runtime.Kernels;

/// <summary>Matrix products of i8. A row is one row of the left side of one batch: [0, Batch · Rows).</summary>
public static class IntegerMatmul
{
    /// <summary>finish(bias + Σ (left - leftZero) · (right - rightZero)).</summary>
    /// <param name="bias">[Columns], or empty for none.</param>
    public static void Multiply(
        in MatmulGeometry g, ReadOnlySpan<sbyte> left, int leftZero, ReadOnlySpan<sbyte> right, int rightZero, ReadOnlySpan<int> bias,
        Requantizer finish, Span<sbyte> y, int firstRow, int endRow)
    {
        int side = g.Inner * g.Columns, loaded = -1;
        ReadOnlySpan<sbyte> columns = default;
        int[] corrections = [];
        for (int row = firstRow; row < endRow; row++)
        {
            (int batch, int inBatch) = Math.DivRem(row, g.Rows);
            int rightBatch = g.BroadcastRight ? 0 : batch;
            if (rightBatch != loaded)
            {
                // One row of `columns` for each output column, whichever way the right side is stored.
                ReadOnlySpan<sbyte> matrix = right.Slice(rightBatch * side, side);
                columns = g.RightTransposed ? matrix : Transpose(matrix, g.Inner, g.Columns);
                corrections = IntegerWindow.Corrections(columns, bias, leftZero, g.Columns, g.Inner);
                loaded = rightBatch;
            }

            int leftRow = g.BroadcastLeft ? inBatch : row;
            ReadOnlySpan<sbyte> values = left.Slice(leftRow * g.Inner, g.Inner);
            // Σ (l - zl)(r - zr) = Σ l·r - zl·Σ r - zr·(Σ l - n·zl)
            int correction = rightZero * (IntegerDot.Total(values) - g.Inner * leftZero);
            Span<sbyte> target = y.Slice(row * g.Columns, g.Columns);
            for (int c = 0; c < target.Length; c++)
            {
                int sum = IntegerDot.Product(values, columns.Slice(c * g.Inner, g.Inner)) + corrections[c] - correction;
                target[c] = finish.Apply(sum, c);
            }
        }
    }

    private static sbyte[] Transpose(ReadOnlySpan<sbyte> matrix, int rows, int columns)
    {
        var transposed = new sbyte[matrix.Length];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                transposed[c * rows + r] = matrix[r * columns + c];
        return transposed;
    }
}
