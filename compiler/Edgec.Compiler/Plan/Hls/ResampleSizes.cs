namespace Edgec.Plan.Hls;

/// <summary>What interpolation takes on chip.</summary>
/// <param name="LineWords">Words of the line buffer.</param>
/// <param name="Columns">Taps of all columns of the widest result.</param>
/// <param name="Rows">Taps of a row.</param>
public sealed record ResampleSizes(int LineWords, int Columns, int Rows)
{
    /// <summary>Of a model that interpolates nothing.</summary>
    public static readonly ResampleSizes None = new(0, 0, 0);

    public bool Any => LineWords > 0;

    public static ResampleSizes Of(IEnumerable<HlsCommand> commands) => commands.OfType<ResampleCommand>().Aggregate(
        None, (most, c) => new(Math.Max(most.LineWords, c.RingWords), Math.Max(most.Columns, c.ColumnRecords), Math.Max(most.Rows, c.Layout.RowTaps)));
}
