namespace Edgec.Plan.Hls;

/// <summary>A command of the convolution engine as the estimates see it, or two, the results of the first a stream to the second.</summary>
/// <param name="Layer">Index of the layer it counts for.</param>
/// <param name="Compute">Cycles once weights and parameters have come.</param>
/// <param name="Words">Memory words.</param>
/// <param name="Array">What it does in the array; null if nothing.</param>
/// <param name="Lanes">The same of the stage behind it.</param>
public sealed record EngineRun(int Layer, long Compute, long Words, EnginePart? Array, EnginePart? Lanes)
{
    /// <summary>Its weights are an activation.</summary>
    public bool TakesActivation { get; init; }

    /// <summary>It runs if rows are in an expert's queue.</summary>
    public bool IsQueued { get; init; }

    /// <summary>Offsets and masks come through the port of the weights as long as it is computed.</summary>
    public bool HoldsPort { get; init; }

    /// <summary>What has to come before it is computed, word by word.</summary>
    public long Loading => (Array?.Loading ?? 0) + (Lanes?.Loading ?? 0);

    /// <summary>The commands of a layer, in order.</summary>
    public static IEnumerable<EngineRun> Of(ConvolutionShape shape, IReadOnlyList<ConvolutionTile> tiles, EngineConfiguration c)
    {
        bool staged = c.IsStaged(shape);
        int finish = staged ? c.Stage!.FinishInterval : c.FinishInterval;
        EngineRun[] once =
        [
            .. tiles.Select(tile =>
            {
                var part = EnginePart.Of(shape, tile, c, finish);
                return new EngineRun(
                    shape.Layer, HlsCost.Convolution(shape, tile, c.MacInterval, finish), HlsCost.ConvolutionTraffic(shape, tile, c.Array), staged ? null : part, staged ? part : null)
                {
                    TakesActivation = shape.Product is not null,
                    IsQueued = shape.Expert >= 0,
                    HoldsPort = shape.Deform is not null,
                };
            }),
        ];
        return Enumerable.Range(0, shape.Repeat).SelectMany(_ => once);
    }

    /// <summary>The commands of two layers that run as one.</summary>
    public static IEnumerable<EngineRun> Of(ConvolutionShape source, ConvolutionShape reader, IReadOnlyList<StreamTile> tiles, EngineConfiguration c) =>
        tiles.Select(tile => new EngineRun(
            reader.Layer, StreamCost.Cycles(source, reader, tile, c), StreamCost.Words(source, reader, tile, c), EnginePart.Of(source, tile.Source, c, c.FinishInterval), EnginePart.Of(reader, tile.Reader, c, c.Stage!.FinishInterval)));
}

/// <summary>A command in the array, or in the stage behind it.</summary>
/// <param name="Entries">Of the weight memory.</param>
/// <param name="Rows">Of parameters.</param>
/// <param name="Ranges">Of inputs.</param>
/// <param name="WeightWords">Words that come for the weight memory, ranges behind them.</param>
/// <param name="ParameterWords">Words of parameters.</param>
/// <param name="StepCycles">Cycles in which it makes steps.</param>
/// <param name="FinishInterval">Cycles in which a word of results is finished.</param>
public readonly record struct EnginePart(long Entries, long Rows, long Ranges, long WeightWords, long ParameterWords, long StepCycles, int FinishInterval)
{
    public long Loading => WeightWords + ParameterWords;

    public static EnginePart Of(ConvolutionShape shape, in ConvolutionTile tile, EngineConfiguration c, int finishInterval)
    {
        long ranges = shape.Mode == ConvolutionMode.Dense ? tile.Groups : 0;
        return new(
            shape.HasWeights ? tile.Entries : 0, shape.ParameterRow == ParameterRow.ByOutput ? tile.OutWords : shape.Finishes.Length, ranges,
            HlsCost.WeightWords(shape, tile, c.Array) + ranges, HlsCost.ParameterWords(shape, tile),
            HlsCost.ConvolutionSteps(shape, tile) * c.MacInterval, finishInterval);
    }
}
