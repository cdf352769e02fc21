using System.Collections.Immutable;

namespace Edgec.Plan.Hls;

/// <summary>
/// The sizes of a second stage behind the array of multipliers, which computes everything that goes lane by lane: depthwise convolutions
/// and pooling, of words from memory or of the array's results as they come.
/// </summary>
/// <param name="LineWords">Words of its line buffer.</param>
/// <param name="Depth">Entries of its weight memory.</param>
/// <param name="ParameterRows">Rows of 16 output parameters.</param>
/// <param name="FinishInterval">Cycles in which 16 sums are requantized.</param>
public sealed record LaneStage(int LineWords, int Depth, int ParameterRows, int FinishInterval)
{
    /// <summary>Layers whose results it takes as a stream, and those that it computes then.</summary>
    public ImmutableArray<LayerStream> Streams { get; init; } = [];

    /// <summary>What templates are given where there is no such stage.</summary>
    public static readonly LaneStage None = new(1, 1, 1, 1);

    /// <summary>Memories its parameters are spread over.</summary>
    public int ParameterBanks => Math.Max(1, EngineConfiguration.Lanes / FinishInterval);

    /// <summary>
    /// Cycles in which it requantizes a word: as many as the smallest window has steps, for a word of results takes so long anyway.
    /// </summary>
    public static int Interval(IEnumerable<ConvolutionShape> shapes)
    {
        int steps = shapes.Where(s => s.Mode != ConvolutionMode.Dense).Select(s => s.Window.KernelArea).DefaultIfEmpty(1).Min();
        return steps >= 8 ? 8 : steps >= 4 ? 4 : steps >= 2 ? 2 : 1;
    }
}
