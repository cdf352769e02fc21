namespace Edgec.Quantize.Weights;

/// <summary>
/// The singular value decomposition of a matrix, A = Σ s_i u_i v_iᵀ, by rotating pairs of its rows until all are orthogonal (one-sided
/// Jacobi: Hestenes 1958; Golub and Van Loan, "Matrix Computations", §8.6.3). The order of pairs is fixed, so the result is the same everywhere.
/// </summary>
public static class SingularValues
{
    private const int MostSweeps = 40;
    private const double Tolerance = 1e-12; // of a cosine

    /// <param name="matrix">[rows, columns], row after row.</param>
    /// <returns>Singular values in falling order; Left [rows, n] and Right [n, columns] with n the lesser extent, Right times the singular values.</returns>
    public static (double[] Values, double[] Left, double[] Right) Of(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        if (rows > columns)
        {
            float[] turned = new float[matrix.Length];
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                    turned[c * rows + r] = matrix[r * columns + c];
            }

            (double[] s, double[] left, double[] right) = Of(turned, columns, rows);
            return (s, Turn(right, columns, rows, i => s[i] > 0 ? 1 / s[i] : 0), Turn(left, columns, columns, _ => 1, s));
        }

        double[] a = new double[matrix.Length], u = new double[rows * rows];
        for (int i = 0; i < a.Length; i++)
            a[i] = matrix[i];
        for (int i = 0; i < rows; i++)
            u[i * rows + i] = 1;
        for (int sweep = 0; sweep < MostSweeps && Sweep(a, u, rows, columns); sweep++)
        {
        }

        double[] norms = [.. Enumerable.Range(0, rows).Select(r => Math.Sqrt(Dot(a.AsSpan(r * columns, columns), a.AsSpan(r * columns, columns))))];
        int[] order = [.. Enumerable.Range(0, rows).OrderByDescending(r => norms[r])];
        double[] lefts = new double[rows * rows], rights = new double[a.Length];
        for (int i = 0; i < rows; i++)
        {
            a.AsSpan(order[i] * columns, columns).CopyTo(rights.AsSpan(i * columns));
            for (int r = 0; r < rows; r++)
                lefts[r * rows + i] = u[order[i] * rows + r];
        }

        return ([.. order.Select(r => norms[r])], lefts, rights);
    }

    // One rotation for every pair of rows; false if none was needed.
    private static bool Sweep(double[] a, double[] u, int rows, int columns)
    {
        bool rotated = false;
        for (int p = 0; p < rows; p++)
        {
            for (int q = p + 1; q < rows; q++)
            {
                Span<double> x = a.AsSpan(p * columns, columns), y = a.AsSpan(q * columns, columns);
                double alpha = Dot(x, x), beta = Dot(y, y), gamma = Dot(x, y);
                if (gamma == 0 || Math.Abs(gamma) <= Tolerance * Math.Sqrt(alpha * beta))
                    continue;
                rotated = true;
                double zeta = (beta - alpha) / (2 * gamma);
                double tangent = Math.CopySign(1 / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta)), zeta);
                double cosine = 1 / Math.Sqrt(1 + tangent * tangent);
                Rotate(x, y, cosine, cosine * tangent);
                Rotate(u.AsSpan(p * rows, rows), u.AsSpan(q * rows, rows), cosine, cosine * tangent);
            }
        }

        return rotated;
    }

    private static void Rotate(Span<double> x, Span<double> y, double cosine, double sine)
    {
        for (int i = 0; i < x.Length; i++)
            (x[i], y[i]) = (cosine * x[i] - sine * y[i], sine * x[i] + cosine * y[i]);
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    // The transposed of [rows, columns], each of its columns times a factor; then each row times one.
    private static double[] Turn(double[] matrix, int rows, int columns, Func<int, double> factor, double[]? by = null)
    {
        var turned = new double[matrix.Length];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
                turned[c * rows + r] = matrix[r * columns + c] * factor(r) * (by is null ? 1 : by[c]);
        }

        return turned;
    }
}
