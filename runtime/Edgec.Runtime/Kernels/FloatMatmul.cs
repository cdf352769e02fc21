namespace Edgec.Runtime.Kernels;

/// <summary>Matrix products in single precision. A row is one row of the left side of one batch: [0, Batch · Rows).</summary>
public static class FloatMatmul
{
    /// <summary>clamp(bias + Σ left · right), each sum in the order of the inner axis, starting from the bias.</summary>
    /// <param name="bias">[Columns], or empty for none.</param>
    public static void Multiply(
        in MatmulGeometry g, ReadOnlySpan<float> left, ReadOnlySpan<float> right, ReadOnlySpan<float> bias,
        float lo, float hi, Span<float> y, int firstRow, int endRow)
    {
        int side = g.Inner * g.Columns;
        for (int row = firstRow; row < endRow; row++)
        {
            (int batch, int inBatch) = Math.DivRem(row, g.Rows);
            int leftRow = g.BroadcastLeft ? inBatch : row;
            ReadOnlySpan<float> values = left.Slice(leftRow * g.Inner, g.Inner);
            ReadOnlySpan<float> matrix = right.Slice(g.BroadcastRight ? 0 : batch * side, side);
            Span<float> target = y.Slice(row * g.Columns, g.Columns);
            if (bias.IsEmpty)
                target.Clear();
            else
                bias[..g.Columns].CopyTo(target);
            if (g.RightTransposed)
                AddProducts(values, matrix, target);
            else
                AddScaledRows(values, matrix, target);
            for (int c = 0; c < target.Length; c++)
                target[c] = Math.Min(Math.Max(target[c], lo), hi);
        }
    }

    /// <summary>sums[c] += Σ values[k] · rows[c, k]. Four sums at a time, since one alone waits for each of its additions.</summary>
    internal static void AddProducts(ReadOnlySpan<float> values, ReadOnlySpan<float> rows, Span<float> sums)
    {
        int length = values.Length, c = 0;
        for (; c <= sums.Length - 4; c += 4)
        {
            ReadOnlySpan<float> r0 = rows.Slice(c * length, length), r1 = rows.Slice((c + 1) * length, length);
            ReadOnlySpan<float> r2 = rows.Slice((c + 2) * length, length), r3 = rows.Slice((c + 3) * length, length);
            float s0 = sums[c], s1 = sums[c + 1], s2 = sums[c + 2], s3 = sums[c + 3];
            for (int k = 0; k < values.Length; k++)
            {
                float value = values[k];
                s0 += value * r0[k];
                s1 += value * r1[k];
                s2 += value * r2[k];
                s3 += value * r3[k];
            }

            (sums[c], sums[c + 1], sums[c + 2], sums[c + 3]) = (s0, s1, s2, s3);
        }

        for (; c < sums.Length; c++)
        {
            ReadOnlySpan<float> r = rows.Slice(c * length, length);
            float sum = sums[c];
            for (int k = 0; k < values.Length; k++)
                sum += values[k] * r[k];
            sums[c] = sum;
        }
    }

    /// <summary>sums[c] += Σ values[k] · rows[k, c].</summary>
    private static void AddScaledRows(ReadOnlySpan<float> values, ReadOnlySpan<float> rows, Span<float> sums)
    {
        for (int k = 0; k < values.Length; k++)
        {
            float value = values[k];
            ReadOnlySpan<float> row = rows.Slice(k * sums.Length, sums.Length);
            for (int c = 0; c < sums.Length; c++)
                sums[c] += value * row[c];
        }
    }
}
