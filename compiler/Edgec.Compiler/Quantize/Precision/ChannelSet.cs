using Edgec.Ir;

namespace Edgec.Quantize.Precision;

/// <summary>Some output channels of a layer; as text <c>0-3,17,40</c>.</summary>
/// <param name="Ranges">Ascending, with a channel between any two that is in neither.</param>
public sealed record ChannelSet(EquatableArray<ChannelRange> Ranges)
{
    /// <summary>The highest number a channel can have in a plan.</summary>
    public const int Highest = 65_535;

    /// <summary>How many channels there are.</summary>
    public int Count => Ranges.Sum(range => range.Last - range.First + 1);

    /// <summary>The last channel; -1 if there is none.</summary>
    public int Last => Ranges.Count == 0 ? -1 : Ranges[^1].Last;

    public static ChannelSet Of(IEnumerable<int> channels) => Of(channels.Select(channel => new ChannelRange(channel, channel)));

    /// <summary>The channels of ranges in any order, which may overlap.</summary>
    public static ChannelSet Of(IEnumerable<ChannelRange> ranges)
    {
        var joined = new List<ChannelRange>();
        foreach (ChannelRange range in ranges.OrderBy(range => range.First))
        {
            if (joined.Count > 0 && range.First <= joined[^1].Last + 1)
                joined[^1] = new(joined[^1].First, Math.Max(joined[^1].Last, range.Last));
            else
                joined.Add(range);
        }

        return new([.. joined]);
    }

    public bool Contains(int channel) => Ranges.Any(range => range.First <= channel && channel <= range.Last);

    public override string ToString() => string.Join(',', Ranges);
}
