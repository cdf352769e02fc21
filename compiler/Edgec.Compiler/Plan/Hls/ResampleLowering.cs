using Edgec.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>Interpolation between elements as commands: tables of rows and columns with their weights, and lines that fit the buffer.</summary>
public static class ResampleLowering
{
    /// <summary>Words of the line buffer that a command is cut to, unless a single word of each pixel takes more.</summary>
    public const int LineWish = 4096;

    /// <summary>The greatest sum of magnitudes of an output's weights: 255 times it fits 32 bits, and each weight 25, which a multiplier takes.</summary>
    public const long MostReach = int.MaxValue / 255;

    private const int Lanes = EngineConfiguration.Lanes;
    private const int RecordNumbers = 4;

    /// <param name="layout">Of the kernel over its operand and result as they are stored.</param>
    /// <param name="source">Word address of the operand.</param>
    /// <param name="target">Word address of the result.</param>
    /// <returns>Null if 64 bits do not hold the scaled sums.</returns>
    public static IReadOnlyList<ResampleCommand>? Lower(int layer, ResampleKernel kernel, ResampleLayout layout, int source, int target, ParameterImage image)
    {
        var finish = (IntegerFinish)kernel.Finish;
        ChannelFinish scale = ChannelFinish.Of(finish, 0, 0);
        if (!scale.Fits(255 * kernel.Reach))
            return null;
        int[] starts = layout.RowStarts.Span<int>().ToArray();
        int rows = Rows(layout, image), words = Math.Clamp(LineWish / (layout.RowTaps * layout.Pixels), 1, layout.Words);
        var commands = new List<ResampleCommand>();
        for (int first = 0; first < layout.Words; first += words)
        {
            int count = Math.Min(words, layout.Words - first);
            commands.Add(new(
                source + first, Target(layout, target + first, count), rows, Columns(layout, count, image), layout, count, Loads(starts, layout.RowTaps), kernel.InputZero,
                scale.Multiplier, (long)scale.Addend, scale.Shift, finish.Zero, finish.Lo, finish.Hi)
            { Layer = layer });
        }

        return commands;
    }

    private static WordNest Target(ResampleLayout l, int address, int words)
    {
        int pixels = checked(l.Outer * l.OutHeight * l.OutPixels);
        return words == l.Words ? WordNest.Contiguous(address, checked(pixels * words)) : new(address, 1, 0, 1, 0, pixels, l.Words, words);
    }

    /// <summary>A record for each tap of each output row: input row, weight, line of the ring.</summary>
    private static int Rows(ResampleLayout l, ParameterImage image)
    {
        ReadOnlySpan<int> starts = l.RowStarts.Span<int>();
        ReadOnlySpan<short> weights = l.RowWeights.Span<short>();
        var numbers = new int[weights.Length * RecordNumbers];
        for (int i = 0; i < weights.Length; i++)
        {
            int row = starts[i / l.RowTaps] + i % l.RowTaps;
            (numbers[i * RecordNumbers], numbers[i * RecordNumbers + 1], numbers[i * RecordNumbers + 2]) = (row, weights[i], row % l.RowTaps);
        }

        return image.Add(numbers);
    }

    /// <summary>A record for each tap of each output column: where its pixel lies in a line, in words or along in lanes, and the weight.</summary>
    private static int Columns(ResampleLayout l, int words, ParameterImage image)
    {
        ReadOnlySpan<int> starts = l.ColumnStarts.Span<int>();
        ReadOnlySpan<short> weights = l.ColumnWeights.Span<short>();
        var numbers = new int[weights.Length * RecordNumbers];
        for (int i = 0; i < weights.Length; i++)
            (numbers[i * RecordNumbers], numbers[i * RecordNumbers + 1]) = ((starts[i / l.ColumnTaps] + i % l.ColumnTaps) * (l.Along ? 1 : words), weights[i]);
        return image.Add(numbers);
    }

    /// <summary>Lines the engine reads for the rows of one image: those that the row before did not hold.</summary>
    private static int Loads(int[] starts, int taps)
    {
        int loads = 0;
        for (int y = 0; y < starts.Length; y++)
            loads += y == 0 ? taps : Math.Min(taps, Math.Abs(starts[y] - starts[y - 1]));
        return loads;
    }
}
