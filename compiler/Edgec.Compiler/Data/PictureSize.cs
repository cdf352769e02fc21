using System.Globalization;

namespace Edgec.Data;

/// <summary>A size in pixels. Without a width it is one number: to resize, the length of the shorter side, the aspect
/// kept; to crop, the side of a square.</summary>
public sealed record PictureSize(int Height, int? Width = null)
{
    /// <summary>As large as a side may become.</summary>
    private const int Longest = 16384;

    /// <summary>Reads <c>256</c> or <c>240x320</c>, height first; null if it is neither.</summary>
    public static PictureSize? Parse(string text) => text.Split('x') switch
    {
        [var side] when Side(side) is { } height => new(height),
        [var first, var second] when Side(first) is { } height && Side(second) is { } width => new(height, width),
        _ => null,
    };

    public override string ToString() => Width is null ? $"{Height}" : $"{Height}x{Width}";

    private static int? Side(string text) =>
        int.TryParse(text, NumberStyles.None, null, out int side) && side is > 0 and <= Longest ? side : null;
}
