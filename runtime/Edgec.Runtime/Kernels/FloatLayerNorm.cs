namespace Edgec.Runtime.Kernels;

/// <summary>Normalisation in single precision along the middle axis of [Outer, Length, Inner]. A row is one outer index.</summary>
public static class FloatLayerNorm
{
    /// <summary>(x - mean) / √(variance + ε) · scale + bias; the variance from centred values.</summary>
    /// <param name="scale">[Length].</param>
    /// <param name="bias">[Length], or empty for none.</param>
    public static void Normalize(
        in RowGeometry g, ReadOnlySpan<float> x, float epsilon, ReadOnlySpan<float> scale, ReadOnlySpan<float> bias, Span<float> y,
        int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            for (int inner = 0; inner < g.Inner; inner++)
            {
                int first = row * g.Length * g.Inner + inner;
                float sum = 0, squares = 0;
                for (int i = 0; i < g.Length; i++)
                    sum += x[first + i * g.Inner];
                float mean = sum / g.Length;
                for (int i = 0; i < g.Length; i++)
                {
                    float centred = x[first + i * g.Inner] - mean;
                    squares += centred * centred;
                }

                float factor = 1 / MathF.Sqrt(squares / g.Length + epsilon);
                for (int i = 0; i < g.Length; i++)
                {
                    float normal = (x[first + i * g.Inner] - mean) * factor * scale[i];
                    y[first + i * g.Inner] = bias.IsEmpty ? normal : normal + bias[i];
                }
            }
    }
}
