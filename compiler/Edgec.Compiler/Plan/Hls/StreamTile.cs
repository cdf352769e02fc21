namespace Edgec.Plan.Hls;

/// <summary>Channels that two commands compute as one: the first for all its outputs, which are the second one's channels.</summary>
/// <param name="Source">Of the layer on the array.</param>
/// <param name="Reader">Of the layer in the stage behind it.</param>
public readonly record struct StreamTile(ConvolutionTile Source, ConvolutionTile Reader)
{
    /// <summary>Cuts two layers alike, as wide as the memories of both stages allow; null if not even one group of outputs fits.</summary>
    /// <param name="group">Outputs of a group of the source.</param>
    /// <param name="tileDepth">Entries that more than one group of the source may take.</param>
    /// <param name="weightDepth">Entries that there are.</param>
    public static List<StreamTile>? Cut(
        ConvolutionShape source, ConvolutionShape reader, int group, long tileDepth, long weightDepth, long lineWords, long laneDepth, long laneLineWords)
    {
        var tiles = new List<StreamTile>();
        int groups = (source.OutChannels + group - 1) / group;
        for (int first = 0; first < groups;)
        {
            StreamTile? widest = null;
            for (int count = 1; first + count <= groups; count++)
            {
                StreamTile tile = Of(source, reader, group, first, count);
                if (tile.Source.Entries > (count > 1 ? tileDepth : weightDepth) || ConvolutionTile.LineWords(source, tile.Source) > lineWords
                    || (reader.HasWeights && tile.Reader.Entries > laneDepth) || ConvolutionTile.LineWords(reader, tile.Reader) > laneLineWords)
                    break;
                widest = tile;
            }

            if (widest is not { } wide)
                return null;
            tiles.Add(wide);
            first += wide.Source.Groups;
        }

        return tiles;
    }

    private static StreamTile Of(ConvolutionShape source, ConvolutionShape reader, int group, int first, int count)
    {
        ConvolutionTile outputs = ConvolutionTile.Of(source, group, first, count);
        return new(outputs, ConvolutionTile.Of(reader, EngineConfiguration.Lanes, outputs.OutBegin, outputs.OutWords));
    }
}
