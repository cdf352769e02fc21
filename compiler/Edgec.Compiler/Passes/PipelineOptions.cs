namespace Edgec.Passes;

/// <summary>How a pipeline is watched and cut short.</summary>
/// <param name="DumpFolder">Gets the graph after every pass as <c>NN_name.ir</c>; made if it is not there.</param>
/// <param name="StopAfter">Runs only that many passes, to bisect a wrong result.</param>
/// <param name="Log">Gets a line a pass: number, name, milliseconds, nodes before and after.</param>
/// <param name="Progress">Called before each pass with the number of passes done, their total, and the name.</param>
public sealed record PipelineOptions(
    string? DumpFolder = null,
    int? StopAfter = null,
    Action<string>? Log = null,
    Action<int, int, string>? Progress = null)
{
    public static readonly PipelineOptions Default = new();
}
