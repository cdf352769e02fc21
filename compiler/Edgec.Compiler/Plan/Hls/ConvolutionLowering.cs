namespace Edgec.Plan.Hls;

/// <summary>Cuts a layer into commands and packs its weights in the order the engine reads them.</summary>
public static class ConvolutionLowering
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <param name="tiles">The layer, cut.</param>
    /// <param name="source">Word address of the input.</param>
    /// <param name="target">Word address of the output.</param>
    /// <param name="sides">Word addresses of the other operands: the right side, where that is an activation; offsets and mask of a deformable convolution.</param>
    public static IEnumerable<ConvolutionCommand> Lower(
        ConvolutionShape shape, IEnumerable<ConvolutionTile> tiles, EngineConfiguration configuration, int source, int target, IReadOnlyList<int> sides, ParameterImage image)
    {
        MultiplierArray array = configuration.Array;
        // The command of an expert is for one row; the engine knows how many there are.
        ConvolutionWindow w = shape.Expert < 0 ? shape.Window : ConvolutionWindow.Flat(1, shape.Window.Pad);
        int pixels = checked(w.Batch * w.OutHeight * w.OutWidth);
        var commands = new List<ConvolutionCommand>();
        foreach (ConvolutionTile tile in tiles)
        {
            int at = 0; // weights, ranges, parameters: as they are read
            if (shape.Weights is not null)
            {
                byte[] weights = shape.Mode == ConvolutionMode.Dense ? DenseWeights(shape, tile, array) : DepthwiseWeights(shape, tile);
                at = image.AddOnce(shape.HasPackedWeights ? Halved(weights) : weights);
            }

            int parameters = shape.Mode == ConvolutionMode.Dense ? image.Add(Ranges(shape, tile, array.Group(shape))) : image.Next;
            image.Add(Parameters(shape, tile));
            int ring = shape.Deform is { } d ? d.RingRows : w.Direct ? 1 : w.RingRows;
            int lowest = shape.Deform is { } deform ? deform.Low : -w.PadTop;
            commands.Add(new(
                shape.Mode,
                Source(shape, tile, source),
                Target(shape, tile, target, pixels),
                parameters,
                checked((int)HlsCost.ParameterWords(shape, tile)),
                shape.ParameterRow,
                shape.Mode == ConvolutionMode.Dense ? tile.Groups : 0,
                at,
                shape.Weights is null ? 0 : checked((int)HlsCost.WeightWords(shape, tile, array)),
                shape.Mode == ConvolutionMode.Dense ? array.Columns : shape.Deform?.Ports ?? 1,
                shape.HasWeights ? checked((int)tile.Entries) : 0,
                shape.HasPackedWeights,
                w,
                tile.Words,
                tile.OutWords,
                tile.Groups,
                ring,
                Modulo(lowest, ring),
                (shape.Deform?.LowStep ?? w.StrideY) % ring,
                checked((int)(tile.Entries * w.OutWidth)),
                shape.Zero,
                shape.Lo,
                shape.Hi,
                shape.Product?.Tile(tile, shape.OutChannels, sides[0]) ?? default,
                shape.Expert,
                shape.Deform is null ? Deformation.None : Deformation.Of(shape.Deform, shape.Words, tile, sides))
            {
                Layer = shape.Layer,
            });
        }

        int results = checked(pixels * shape.OutWords);
        return Enumerable.Range(0, shape.Repeat).SelectMany(r => commands.Select(
            c => c with
            {
                Source = c.Source with { Address = c.Source.Address + r * (shape.Product?.LeftStep ?? 0) },
                Target = c.Target with { Address = c.Target.Address + r * results },
                Right = c.Right with { Address = c.Right.Address + r * (shape.Product?.RightStep ?? 0) },
            }));
    }

    private static WordNest Source(ConvolutionShape shape, in ConvolutionTile tile, int address)
    {
        ConvolutionWindow w = shape.Window;
        if (shape.Expert >= 0)
            return new(address, 1, 0, 1, 0, 1, shape.Words, tile.Words);
        if (shape.Deform is { Access: SampleAccess.Gather })
            return WordNest.None(address + tile.Begin);
        int image = checked(w.Height * w.Width * shape.Words), pixels = checked(w.Rows * w.Width);
        return tile.Words == shape.Words
            ? new(address, w.Batch, image, 1, 0, 1, 0, checked(pixels * shape.Words))
            : new(address + tile.Begin, w.Batch, image, 1, 0, pixels, shape.Words, tile.Words);
    }

    private static WordNest Target(ConvolutionShape shape, in ConvolutionTile tile, int address, int pixels) =>
        tile.OutWords == shape.OutWords && shape.Expert < 0
            ? WordNest.Contiguous(address, checked(pixels * shape.OutWords))
            : new(address + tile.OutBegin, 1, 0, 1, 0, pixels, shape.OutWords, tile.OutWords);

    private static byte[] Parameters(ConvolutionShape shape, in ConvolutionTile tile)
    {
        var words = new byte[HlsCost.ParameterWords(shape, tile) * Lanes];
        bool byOutput = shape.ParameterRow == ParameterRow.ByOutput;
        for (int i = 0; i < words.Length / Lanes; i++)
        {
            // Lanes after the last output get a finish too: what they hold is nobody's, but it must not trap.
            int index = byOutput ? tile.OutBegin * Lanes + i : i;
            ChannelFinish finish = index < shape.Finishes.Length ? shape.Finishes[index] : ChannelFinish.Identity;
            finish.Write(words.AsSpan(i * Lanes, Lanes));
        }

        return words;
    }

    private static int[] Ranges(ConvolutionShape shape, in ConvolutionTile tile, int group)
    {
        var numbers = new int[4 * tile.Groups];
        for (int g = 0; g < tile.Groups; g++)
        {
            (int begin, int end) = shape.Range((tile.FirstGroup + g) * group, (tile.FirstGroup + g + 1) * group);
            (numbers[4 * g], numbers[4 * g + 1]) = (begin - tile.Begin, end - tile.Begin);
        }

        return numbers;
    }

    // [group][input word][kernel row][kernel step][output of the group][lane]; where they are used in pairs, output 0 of the group is
    // followed by the first one of its second half, for they share a word, and so on.
    private static byte[] DenseWeights(ConvolutionShape shape, in ConvolutionTile tile, MultiplierArray array)
    {
        int group = array.Group(shape);
        bool pairs = array.IsPaired(shape);
        ReadOnlySpan<sbyte> weights = shape.Weights!.Unpacked.Span<sbyte>();
        int inputs = shape.Channels / shape.Groups, outputs = shape.OutChannels / shape.Groups;
        ConvolutionWindow w = shape.Window;
        var packed = new byte[tile.Entries * group * Lanes];
        int at = 0;
        for (int g = tile.FirstGroup; g < tile.FirstGroup + tile.Groups; g++)
        {
            (int begin, int end) = shape.Range(g * group, (g + 1) * group);
            for (int word = begin; word < end; word++)
                for (int ky = 0; ky < shape.KernelHeight; ky++)
                    for (int step = 0; step < w.KernelSteps; step++)
                        for (int i = 0; i < group; i++, at += Lanes)
                        {
                            int o = g * group + (pairs ? i / 2 + i % 2 * array.Columns : i);
                            if (o >= shape.OutChannels)
                                continue;
                            int first = o / outputs * inputs;
                            for (int l = 0; l < Lanes; l++)
                            {
                                (int kx, int channel) = w.Taps > 1
                                    ? (step * w.Taps + l / w.TapLanes, l % w.TapLanes)
                                    : (step, word * Lanes + l - first);
                                bool exists = kx < shape.KernelWidth && (uint)channel < (uint)inputs && (w.Taps == 1 || l < w.Taps * w.TapLanes);
                                if (exists)
                                    packed[at + l] = (byte)weights[((o * shape.KernelHeight + ky) * shape.KernelWidth + kx) * inputs + channel];
                            }
                        }
        }

        return packed;
    }

    // [word][kernel row][kernel column][lane]; where a step takes a column, [word][kernel column][kernel row][lane].
    private static byte[] DepthwiseWeights(ConvolutionShape shape, in ConvolutionTile tile)
    {
        ReadOnlySpan<sbyte> weights = shape.Weights!.Unpacked.Span<sbyte>();
        int area = shape.KernelHeight * shape.KernelWidth, rows = shape.Deform?.Ports ?? 1;
        var packed = new byte[tile.Entries * rows * Lanes];
        int at = 0;
        for (int word = tile.OutBegin; word < tile.OutBegin + tile.OutWords; word++)
            for (int k = 0; k < area; k++)
                for (int l = 0; l < Lanes; l++, at++)
                {
                    int channel = word * Lanes + l;
                    int tap = k % rows * shape.KernelWidth + k / rows;
                    if (channel < shape.Channels)
                        packed[at] = (byte)weights[channel * area + tap];
                }

        return packed;
    }

    // Two words of 4-bit weights in one: the first in the low halves of its lanes, the second in the high halves.
    private static byte[] Halved(byte[] words)
    {
        var packed = new byte[(words.Length + 2 * Lanes - 1) / (2 * Lanes) * Lanes];
        for (int i = 0; i < words.Length; i++)
            packed[i / (2 * Lanes) * Lanes + i % Lanes] |= (byte)((words[i] & 15) << (i / Lanes % 2 * 4));
        return packed;
    }

    private static int Modulo(int value, int divisor) => (value % divisor + divisor) % divisor;
}
