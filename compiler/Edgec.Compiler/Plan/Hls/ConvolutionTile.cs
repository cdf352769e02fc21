namespace Edgec.Plan.Hls;

/// <summary>Output channels of a layer that one command computes, because their weights fit on chip together.</summary>
/// <param name="FirstGroup">The first group of outputs, of <see cref="EngineConfiguration.Group"/> (dense) or 16 (lane by lane).</param>
/// <param name="Groups">How many.</param>
/// <param name="OutBegin">First output word.</param>
/// <param name="OutWords">Output words.</param>
/// <param name="Begin">First input word they depend on.</param>
/// <param name="Words">Input words they depend on.</param>
/// <param name="Entries">Entries of the weight memory, which are also the steps of an output pixel.</param>
public readonly record struct ConvolutionTile(
    int FirstGroup, int Groups, int OutBegin, int OutWords, int Begin, int Words, long Entries)
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>Cuts a layer for engines of these sizes; a tile has at least one group, whether it fits or not.</summary>
    public static List<ConvolutionTile> Cut(ConvolutionShape shape, int group, long weightDepth, long lineWords)
    {
        int size = shape.Mode == ConvolutionMode.Dense ? group : Lanes;
        int groups = (shape.OutChannels + size - 1) / size;
        var tiles = new List<ConvolutionTile>();
        for (int first = 0; first < groups;)
        {
            ConvolutionTile tile = Of(shape, size, first, 1);
            while (first + tile.Groups < groups)
            {
                ConvolutionTile wider = Of(shape, size, first, tile.Groups + 1);
                if ((shape.HasWeights && wider.Entries > weightDepth) || LineWords(shape, wider) > lineWords)
                    break;
                tile = wider;
            }

            tiles.Add(tile);
            first += tile.Groups;
        }

        return tiles;
    }

    /// <summary>Words of the line buffer a tile needs.</summary>
    public static long LineWords(ConvolutionShape shape, in ConvolutionTile tile) =>
        shape.Deform is { } deform ? deform.LineWords(tile.Words) : shape.Window.Direct ? 0 : (long)shape.Window.RingRows * shape.Window.RowEntries * tile.Words;

    /// <summary>Steps of one group of outputs: entries of the weight memory.</summary>
    private static long Steps(ConvolutionShape shape, int size, int group)
    {
        if (shape.Mode != ConvolutionMode.Dense)
            return shape.Window.KernelArea;
        (int begin, int end) = shape.Range(group * size, (group + 1) * size);
        return (long)(end - begin) * shape.Window.KernelArea;
    }

    /// <summary>So many groups of outputs, from one on.</summary>
    /// <param name="size">Outputs of a group.</param>
    public static ConvolutionTile Of(ConvolutionShape shape, int size, int first, int groups)
    {
        int end = Math.Min((first + groups) * size, shape.OutChannels);
        (int begin, int last) = shape.Range(first * size, end);
        long entries = 0;
        if (shape.Groups == 1 || shape.Mode != ConvolutionMode.Dense)
            entries = groups * Steps(shape, size, first);
        else
            for (int g = first; g < first + groups; g++)
                entries += Steps(shape, size, g);
        int outBegin = first * size / Lanes;
        return new(first, groups, outBegin, (end + Lanes - 1) / Lanes - outBegin, begin, last - begin, entries);
    }
}
