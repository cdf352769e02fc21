namespace Edgec.Plan.Hls;

/// <summary>What normalisation takes on chip.</summary>
/// <param name="Held">Words of the longest block that waits for its sums.</param>
/// <param name="Channels">Words of channels.</param>
/// <param name="GroupWords">Words of channels of a block whose rows lie in lanes.</param>
public sealed record NormSizes(int Held, int Channels, int GroupWords)
{
    // Words that arrive while factors are found.
    private const int Slack = 128;

    /// <summary>Of a model that normalises nothing.</summary>
    public static readonly NormSizes None = new(0, 0, 0);

    public bool Any => Channels > 0;

    /// <summary>Words of the queue in which blocks wait.</summary>
    public int Queue => Held + Slack;

    public static NormSizes Of(IEnumerable<HlsCommand> commands) => commands.OfType<NormCommand>().Aggregate(
        None, (most, c) => new(
            Math.Max(most.Held, c.Held ? c.Layout.BlockWords : 0), Math.Max(most.Channels, c.Layout.ChannelWords),
            Math.Max(most.GroupWords, c.Layout.InLanes ? c.Layout.Words : 0)));
}
