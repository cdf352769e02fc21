namespace Edgec.Plan.Hls;

/// <summary>Sorts the rows of a mixture of experts into queues on chip.</summary>
/// <param name="Indices">Address of the indices, [rows, choices].</param>
/// <param name="IndexWords">Words from one row of them to the next.</param>
/// <param name="IndexBytes">4 or 8.</param>
public sealed record QueueCommand(int Indices, int IndexWords, int IndexBytes, int Rows, int Choices, int Experts, bool RowPerChoice) : HlsCommand
{
    public override string Engine => "queue";

    /// <summary>Rows that are queued.</summary>
    public int Queued => Rows * Choices;

    public override string Initializer => $"{{{Indices}, {IndexWords}, {IndexBytes}, {Rows}, {Choices}, {Experts}, {(RowPerChoice ? 1 : 0)}}}";
}
