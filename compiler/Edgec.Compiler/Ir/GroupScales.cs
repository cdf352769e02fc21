namespace Edgec.Ir;

/// <summary>
/// Scales of groups of weights inside an output channel: <c>real = scale of the channel · multiplier of the group · q</c>.
/// A group is <paramref name="Size"/> consecutive weights of a channel, the last one perhaps fewer.
/// </summary>
/// <param name="Multipliers">1 to 255, the groups of channel 0 first.</param>
public sealed record GroupScales(int Size, EquatableArray<int> Multipliers)
{
    /// <summary>The largest multiplier.</summary>
    public const int Most = 255;

    /// <summary>Groups of a channel of so many weights.</summary>
    public static int Count(int inner, int size) => (inner + size - 1) / size;
}
