using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Evaluate;

/// <summary>
/// From the three maps of a CenterNet to boxes (Zhou, Wang and Krähenbühl, "Objects as Points", section 4): the local maxima
/// of the heatmap are the objects' centres. No suppression follows.
/// </summary>
public static class CenterNetDecoder
{
    /// <summary>Most objects of a picture.</summary>
    public const int Top = 100;

    /// <param name="heatmap">Logits, f32 [1,C,H,W].</param>
    /// <param name="size">Width and height of the object around each cell, in cells, f32 [1,2,H,W].</param>
    /// <param name="offset">Where the centre lies from the cell's corner, x and y in cells, f32 [1,2,H,W].</param>
    /// <param name="stride">Pixels of the picture a cell.</param>
    /// <returns>The best first; of equal ones the first in the order of the heatmap.</returns>
    public static ImmutableArray<Detection> Decode(Tensor heatmap, Tensor size, Tensor offset, int stride)
    {
        int classes = heatmap.Shape[1], height = heatmap.Shape[2], width = heatmap.Shape[3], cells = height * width;
        float[] scores = [.. heatmap.ToF32().Span<float>().ToArray().Select(logit => 1 / (1 + MathF.Exp(-logit)))];
        float[] sizes = size.ToF32().Span<float>().ToArray(), offsets = offset.ToF32().Span<float>().ToArray();
        var found = new List<Detection>();
        for (int c = 0; c < classes; c++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    if (!IsPeak(scores.AsSpan(c * cells, cells), height, width, y, x))
                        continue;
                    int cell = y * width + x;
                    float centreX = (x + offsets[cell]) * stride, centreY = (y + offsets[cells + cell]) * stride;
                    float halfWidth = sizes[cell] * stride / 2, halfHeight = sizes[cells + cell] * stride / 2;
                    found.Add(new(
                        new(centreX - halfWidth, centreY - halfHeight, centreX + halfWidth, centreY + halfHeight), c, scores[c * cells + cell]));
                }
            }
        }

        return [.. found.OrderByDescending(detection => detection.Score).Take(Top)];
    }

    // Nearest up-sampling makes blocks of equal cells: only the first of equal neighbours in row order is a centre.
    private static bool IsPeak(ReadOnlySpan<float> map, int height, int width, int y, int x)
    {
        int own = y * width + x;
        for (int row = Math.Max(0, y - 1); row <= Math.Min(height - 1, y + 1); row++)
        {
            for (int column = Math.Max(0, x - 1); column <= Math.Min(width - 1, x + 1); column++)
            {
                int other = row * width + column;
                if (other < own ? map[other] >= map[own] : map[other] > map[own])
                    return false;
            }
        }

        return true;
    }
}
