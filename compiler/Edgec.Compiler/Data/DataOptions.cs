using Edgec.Ir;

namespace Edgec.Data;

/// <summary>How pictures become inputs: resized, then cropped in the middle, then <c>(u8/255 - mean) / std</c>.</summary>
/// <param name="Mean">One number for all channels, or one each; empty if not given.</param>
/// <param name="Std">Likewise, greater than zero.</param>
public sealed record DataOptions(
    EquatableArray<double> Mean = default, EquatableArray<double> Std = default, PictureSize? Resize = null, PictureSize? Crop = null)
{
    public static readonly DataOptions None = new();
}
