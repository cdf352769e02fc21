namespace Edgec.Plan.Hls;

/// <summary>What the queues of mixtures of experts take on chip.</summary>
/// <param name="Rows">Rows that are queued at once.</param>
/// <param name="Experts">Most experts of a layer.</param>
public sealed record ExpertSizes(int Rows, int Experts)
{
    /// <summary>Of a model without.</summary>
    public static readonly ExpertSizes None = new(0, 0);

    public bool Any => Rows > 0;

    public static ExpertSizes Of(IEnumerable<HlsCommand> commands) =>
        commands.OfType<QueueCommand>().Aggregate(None, (most, c) => new(Math.Max(most.Rows, c.Queued), Math.Max(most.Experts, c.Experts)));
}
