namespace Edgec.Plan.Hls;

/// <summary>What selection at run time takes on chip.</summary>
/// <param name="Selected">Most indices of a row; 0 where none are selected.</param>
/// <param name="Across">Rows of some lie in lanes.</param>
/// <param name="Gathers">Elements are gathered.</param>
/// <param name="Scatters">Elements are scattered.</param>
/// <param name="ScatterWords">Words on chip into which they are.</param>
public sealed record SelectionSizes(int Selected, bool Across, bool Gathers, bool Scatters, int ScatterWords)
{
    /// <summary>Of a model that knows all places beforehand.</summary>
    public static readonly SelectionSizes None = new(0, false, false, false, 0);

    public static SelectionSizes Of(IReadOnlyList<HlsCommand> commands) => new(
        commands.OfType<SelectCommand>().Select(c => c.Count).DefaultIfEmpty(0).Max(),
        commands.Any(c => c is SelectCommand { Across: > 0 }),
        commands.Any(c => c is GatherCommand),
        commands.Any(c => c is ScatterCommand),
        commands.OfType<ScatterCommand>().Select(c => c.Slices * c.SliceWords).DefaultIfEmpty(0).Max());
}
