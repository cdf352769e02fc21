namespace Edgec.Runtime.Kernels;

/// <summary>Normalisation of rows in single precision. A row is one outer index and one group.</summary>
public static class FloatLayerNorm
{
    /// <summary>(x - mean) / √(variance + ε) · scale + bias, the variance from centred values.</summary>
    /// <param name="centered">False: x / √(mean of squares + ε) · scale + bias.</param>
    /// <param name="scale">[Groups, Channels].</param>
    /// <param name="bias">[Groups, Channels], or empty for none.</param>
    public static void Normalize(
        in GroupGeometry g, ReadOnlySpan<float> x, bool centered, float epsilon, ReadOnlySpan<float> scale, ReadOnlySpan<float> bias,
        Span<float> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            int first = g.RowOffset(row), parameters = row % g.Groups * g.Channels;
            float sum = 0, squares = 0;
            for (int i = 0; centered && i < g.Length; i++)
            {
                foreach (float value in x.Slice(first + i * g.Pitch, g.Channels))
                    sum += value;
            }

            float mean = sum / g.Count;
            for (int i = 0; i < g.Length; i++)
            {
                foreach (float value in x.Slice(first + i * g.Pitch, g.Channels))
                    squares += (value - mean) * (value - mean);
            }

            float factor = 1 / MathF.Sqrt(squares / g.Count + epsilon);
            for (int i = 0; i < g.Length; i++)
                for (int c = 0; c < g.Channels; c++)
                {
                    int at = first + i * g.Pitch + c;
                    float normal = (x[at] - mean) * factor * scale[parameters + c];
                    y[at] = bias.IsEmpty ? normal : normal + bias[parameters + c];
                }
        }
    }
}
