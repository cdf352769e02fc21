using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>Which outputs of a model are the maps of a CenterNet, each [1,C,H,W].</summary>
/// <param name="Heatmap">Position of the logits of each class.</param>
/// <param name="Size">Position of width and height.</param>
/// <param name="Offset">Position of the centre's place within its cell.</param>
/// <param name="Stride">Pixels of the input a cell.</param>
public sealed record CenterNetMaps(int Heatmap, int Size, int Offset, int Stride)
{
    /// <summary>The maps by their names <c>heatmap</c>, <c>wh</c> and <c>reg</c>, else by their order; null if outputs have no such shapes.</summary>
    /// <param name="inputs">The only picture among them, [1,C,H,W] or [1,H,W,C], tells how many pixels a cell has.</param>
    /// <param name="stride">If that is known; else null.</param>
    public static CenterNetMaps? Of(IReadOnlyList<Shape> inputs, IReadOnlyList<(string Name, Shape Shape)> outputs, int? stride = null)
    {
        int[] named = [.. new[] { "heatmap", "wh", "reg" }.Select(name => outputs.ToList().FindIndex(o => o.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))];
        int[] ports = named.Contains(-1) ? [.. Enumerable.Range(0, outputs.Count)] : named;
        Shape[] maps = [.. ports.Select(port => outputs[port].Shape)];
        return maps is [[1, _, var h, var w], [1, 2, _, _] size, [1, 2, _, _] offset]
            && (size[2], size[3]) == (h, w) && (offset[2], offset[3]) == (h, w)
            && (stride ?? StrideOf(inputs, h, w)) is { } pixels
            ? new(ports[0], ports[1], ports[2], pixels)
            : null;
    }

    private static int? StrideOf(IReadOnlyList<Shape> inputs, int height, int width)
    {
        if (height == 0 || width == 0)
            return null;
        (int, int)[] sizes = inputs is [[_, var a, var b, var c]] ? a is 1 or 3 ? [(b, c)] : c is 1 or 3 ? [(a, b)] : [(b, c), (a, b)] : [];
        foreach ((int h, int w) in sizes)
        {
            if (h % height == 0 && w % width == 0 && h / height == w / width)
                return h / height;
        }

        return null;
    }
}
