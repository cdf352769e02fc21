using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Targets;

namespace Edgec.Plan.Hls;

/// <summary>
/// Chooses the sizes of the engines: of all that fit the device, those with the fewest estimated cycles; among equals
/// those whose attention moves fewest words, then those that take least.
/// </summary>
public static class HlsSizer
{
    /// <summary>Words of the buffer of the mover, which cuts its programs to it.</summary>
    public const int MoveWords = 2048;

    private const int LineWish = 4096;

    // Words; the larger is 4 MB, more than the block RAM of any device here.
    private const long LeastSampleBuffer = 1024, MostSampleBuffer = 1 << 18;

    private const int MostColumns = 128;

    private static readonly int[] Groups = [16, 32, 64, 128, 256];
    private static readonly int[] Intervals = [1, 2, 4, 8, 16];

    /// <param name="others">Commands of all engines but those of convolutions and of attention.</param>
    /// <exception cref="DiagnosticException">Not even the smallest engines fit.</exception>
    /// <param name="streams">Layers whose results may go to others as they come.</param>
    public static EngineConfiguration Choose(
        IReadOnlyList<ConvolutionShape> shapes, IReadOnlyList<AttentionShape> attentions, IReadOnlyList<HlsCommand> others, IReadOnlyList<LayerStream> streams, FpgaTarget target, HlsOptions options, string model)
    {
        EngineUses uses = Uses(shapes, others);
        long rowWords = others.OfType<RowCommand>().Where(c => c.Operation == RowOperation.Softmax).Select(c => (long)c.Layout.Length).DefaultIfEmpty(1).Max();
        ResampleSizes resample = ResampleSizes.Of(others);
        NormSizes norm = NormSizes.Of(others);
        List<AttentionChoice> choices = AttentionChoices(attentions, target, options);
        var experts = ExpertSizes.Of(others);
        SelectionSizes selection = SelectionSizes.Of(others);
        bool elements = others.Any(c => c is ElementCommand);
        int mixWords = others.OfType<MapCommand>().Select(c => c.HeldWords).DefaultIfEmpty(0).Max();
        Candidate? best = null, smallest = null;
        foreach (Cutting cut in Arrays(shapes, options).SelectMany(array => Cuts(shapes, array, streams, options.SampleWords ?? MostSampleBuffer, target.DspKind)))
        {
            foreach (int mac in cut.Array.Outputs == 16 || options.Outputs is not null ? Intervals[..3] : [1])
            {
                foreach (int interval in Intervals)
                {
                    EngineConfiguration sized = Sized(cut, mac, interval, rowWords, uses) with { Resample = resample, Norm = norm, Experts = experts, Selection = selection, Elements = elements, MixWords = mixWords };
                    long cycles = Cycles(cut.Layers, others, sized, target);
                    if (cut.Stage is not null)
                    {
                        (ImmutableArray<LayerStream> chosen, long saved) = cut.Faster(sized, target);
                        if (chosen.IsEmpty)
                            continue;
                        cycles -= saved;
                        sized = sized with { Stage = sized.Stage! with { Streams = chosen } };
                    }

                    foreach (AttentionChoice attention in choices)
                    {
                        EngineConfiguration configuration = sized with { Attention = attention.Sizes };
                        var candidate = new Candidate(configuration, HlsCost.Resources(configuration, target), cycles + attention.Cycles(interval), attention.Words, cut.Line);
                        if (smallest is null || candidate.Resources.Dsp + candidate.Resources.Bram36 < smallest.Resources.Dsp + smallest.Resources.Bram36)
                            smallest = candidate;
                        if (candidate.Resources.Fits(target) && (best is null || candidate.IsBetterThan(best)))
                            best = candidate;
                    }
                }
            }
        }

        if (best is not null)
            return best.Configuration;
        throw new DiagnosticException(HlsDiagnostics.DoesNotFit(model, target.Name, smallest!.Resources.Excess(target)!, Culprit(shapes, attentions)));
    }

    /// <summary>Arrays that are tried: those the user wants, or all.</summary>
    private static IEnumerable<MultiplierArray> Arrays(IReadOnlyList<ConvolutionShape> shapes, HlsOptions options) =>
        options.Outputs is { } chosen
            ? MultiplierArray.For(chosen, shapes)
            : Groups.SelectMany(group => MultiplierArray.For(group, shapes)).Where(array => array.Columns <= MostColumns);

    /// <summary>The layer that asks for most, in words.</summary>
    private static string Culprit(IReadOnlyList<ConvolutionShape> shapes, IReadOnlyList<AttentionShape> attentions)
    {
        if (shapes.MaxBy(s => Minimum(s, 16).Entries * 32 + Minimum(s, 16).Line) is { } convolution)
            return $"layer {convolution.Layer} ({convolution.Origin})";
        return attentions.MaxBy(s => s.Geometry.Columns + s.SliceWords * 256L) is { } attention ? $"layer {attention.Layer} ({attention.Origin})" : "the longest softmax row";
    }

    /// <summary>Sizes of the attention engine with the cycles of all its layers at every interval at which results are finished.</summary>
    private static List<AttentionChoice> AttentionChoices(IReadOnlyList<AttentionShape> shapes, FpgaTarget target, HlsOptions options) =>
        [.. AttentionSizes.Choices(shapes, options.HeldWords ?? AttentionSizes.MostHeld).Select(sizes => new AttentionChoice(
            sizes, shapes.Sum(shape => AttentionCost.Of(shape, sizes, 1).Words), Intervals.ToDictionary(interval => interval, interval => shapes.Sum(shape => AttentionCost.Of(shape, sizes, interval).Slower(target)))))];

    /// <summary>Layers cut for memories of every size that is tried; where there are streams, with a stage for them and without.</summary>
    private static IEnumerable<Cutting> Cuts(
        IReadOnlyList<ConvolutionShape> shapes, MultiplierArray array, IReadOnlyList<LayerStream> streams, long sampleWords, DspKind dsp)
    {
        foreach ((long limit, int ports) in SampleBuffers(shapes, sampleWords))
        {
            ConvolutionShape[] resolved = [.. shapes.Select(s => s.WithAccess(limit, ports, array.Group(s)))];
            foreach (Cutting cut in Cuts(resolved, array, limit, ports))
            {
                if (array.Pairs && !MultiplierArray.CanPair(cut.Deform.SampleBits, dsp))
                    continue;
                yield return cut;
                if (streams.Count > 0)
                    yield return Staged(cut, resolved, streams, limit);
            }
        }
    }

    private static IEnumerable<Cutting> Cuts(ConvolutionShape[] shapes, MultiplierArray array, long limit, int ports)
    {
        long line = LineWords(shapes, array);
        foreach (long depth in Depths(shapes, array))
        {
            List<(ConvolutionShape Shape, List<ConvolutionTile> Tiles)> tiles =
                [.. shapes.Select(s => (s, ConvolutionTile.Cut(s, array.Group(s), depth, s.Deform is null ? line : limit)))];
            yield return new(tiles, array, line, depth, DeformSizes.Of(tiles.SelectMany(l => l.Tiles.Select(t => (l.Shape, t))), limit, ports));
        }
    }

    /// <summary>The same where a stage behind the array computes what goes lane by lane.</summary>
    private static Cutting Staged(Cutting cut, ConvolutionShape[] shapes, IReadOnlyList<LayerStream> streams, long limit)
    {
        MultiplierArray array = cut.Array;
        ConvolutionShape[] lanes = [.. shapes.Where(s => s.Mode != ConvolutionMode.Dense)], dense = [.. shapes.Where(s => s.Mode == ConvolutionMode.Dense)];
        long line = LineWords(dense, array), depth = Depths(lanes, array).First();
        var stage = new LaneStage(checked((int)LineWords(lanes, array)), checked((int)depth), 1, LaneStage.Interval(lanes));
        List<(ConvolutionShape Shape, List<ConvolutionTile> Tiles)> tiles =
        [
            .. shapes.Select(s => s.Mode == ConvolutionMode.Dense
                ? (s, ConvolutionTile.Cut(s, array.Group(s), cut.Depth, s.Deform is null ? line : limit))
                : (s, ConvolutionTile.Cut(s, array.Group(s), stage.Depth, s.Deform is null ? stage.LineWords : limit))),
        ];
        var cuts = streams.Select(stream => new StreamCut(
            stream, tiles.FindIndex(t => t.Shape.Layer == stream.Source), tiles.FindIndex(t => t.Shape.Layer == stream.Reader), [])).ToList();
        cuts = [.. cuts.Select(c => c with
        {
            Tiles = StreamTile.Cut(shapes[c.Source], shapes[c.Reader], array.Group(shapes[c.Source]), cut.Depth, line, stage.Depth, stage.LineWords) ?? [],
        }).Where(c => c.Tiles.Count > 0)];
        IEnumerable<(ConvolutionShape Shape, ConvolutionTile Tile)> all = tiles.SelectMany(l => l.Tiles.Select(t => (l.Shape, t)));
        int rows = all.Where(t => t.Shape.Mode != ConvolutionMode.Dense).Select(t => ParameterRows(t.Shape, t.Tile))
            .Concat(cuts.SelectMany(c => c.Tiles.Select(t => ParameterRows(shapes[c.Reader], t.Reader)))).Max();
        var deform = DeformSizes.Of(all, limit, cut.Deform.MostPorts);
        return new(tiles, array, line, cut.Depth, deform) { Stage = stage with { ParameterRows = rows }, Streams = cuts };
    }

    private static int ParameterRows(ConvolutionShape shape, in ConvolutionTile tile) =>
        shape.ParameterRow == ParameterRow.ByOutput ? tile.OutWords : shape.Finishes.Length;

    /// <summary>Line buffers for deformable convolutions: none, and by powers of four what all rows of the largest need; with a port, and with three.</summary>
    private static IEnumerable<(long Limit, int Ports)> SampleBuffers(IReadOnlyList<ConvolutionShape> shapes, long largest)
    {
        yield return (0, 1);
        long most = shapes.Where(s => s.Deform is not null)
            .Select(s => (s.Deform! with { Access = SampleAccess.Banked }).LineWords(s.Words)).DefaultIfEmpty(0).Max();
        bool square = shapes.Any(s => s.Deform?.CanBeSquare(s.Mode) == true);
        for (long limit = LeastSampleBuffer; most > 0 && limit <= largest; limit *= 4)
        {
            yield return (limit, 1);
            if (square)
                yield return (limit, 3);
            if (limit >= most)
                yield break;
        }
    }

    private static EngineUses Uses(IReadOnlyList<ConvolutionShape> shapes, IReadOnlyList<HlsCommand> others)
    {
        HashSet<MapOperation> maps = [.. others.OfType<MapCommand>().Select(c => c.Operation)];
        HashSet<RowOperation> rows = [.. others.OfType<RowCommand>().Select(c => c.Operation)];
        return new(
            shapes.Count > 0, shapes.Any(s => s.Product is not null), maps.Count > 0, maps.Contains(MapOperation.Add), maps.Contains(MapOperation.Multiply),
            maps.Contains(MapOperation.Prelu), rows.Count > 0, rows.Contains(RowOperation.Softmax), others.Any(c => c is MoveCommand));
    }

    /// <summary>What a layer needs whatever the engines: entries for one group of outputs, and its part of the line buffer.</summary>
    private static (long Entries, long Line) Minimum(ConvolutionShape shape, int group)
    {
        List<ConvolutionTile> tiles = ConvolutionTile.Cut(shape, group, 0, 0);
        return (!shape.HasWeights ? 0 : tiles.Max(t => t.Entries), tiles.Max(t => ConvolutionTile.LineWords(shape, t)));
    }

    private static IEnumerable<long> Depths(IReadOnlyList<ConvolutionShape> shapes, MultiplierArray array)
    {
        long least = shapes.Select(s => Minimum(s, array.Group(s)).Entries).DefaultIfEmpty(0).Max();
        long all = shapes.Where(s => s.HasWeights)
            .Select(s => ConvolutionTile.Cut(s, array.Group(s), long.MaxValue, long.MaxValue)[0].Entries).DefaultIfEmpty(0).Max();
        for (long depth = Math.Max(512, Up(least, 512)); ; depth *= 2)
        {
            yield return depth;
            if (depth >= all)
                yield break;
        }
    }

    private static long LineWords(IReadOnlyList<ConvolutionShape> shapes, MultiplierArray array)
    {
        long least = 1, most = 1;
        foreach (ConvolutionShape shape in shapes)
        {
            least = Math.Max(least, Minimum(shape, array.Group(shape)).Line);
            most = Math.Max(most, ConvolutionTile.LineWords(shape, ConvolutionTile.Cut(shape, array.Group(shape), long.MaxValue, long.MaxValue)[0]));
        }

        return Math.Max(least, Math.Min(most, LineWish));
    }

    private static EngineConfiguration Sized(Cutting cut, int mac, int interval, long rowWords, EngineUses uses)
    {
        (List<(ConvolutionShape Shape, List<ConvolutionTile> Tiles)> layers, MultiplierArray array, long line, long depth, DeformSizes deform) = cut;
        var tiles = layers.SelectMany(l => l.Tiles.Select(t => (l.Shape, Tile: t)))
            .Concat(cut.Streams.SelectMany(s => s.Tiles.Select(t => (layers[s.Source].Shape, Tile: t.Source))))
            .Where(t => cut.Stage is null || t.Shape.Mode == ConvolutionMode.Dense).ToList();
        return new(
            array.Outputs, mac, interval, interval, interval, checked((int)line),
            tiles.Where(t => t.Shape.Window.Direct && t.Shape.Mode == ConvolutionMode.Dense).Select(t => t.Tile.Words * t.Shape.Window.KernelArea).DefaultIfEmpty(1).Max(),
            checked((int)depth),
            tiles.Select(t => ParameterRows(t.Shape, t.Tile)).DefaultIfEmpty(1).Max(),
            tiles.Where(t => t.Shape.Mode == ConvolutionMode.Dense).Select(t => t.Tile.Groups).DefaultIfEmpty(1).Max(),
            checked((int)rowWords),
            MoveWords,
            Math.Max(9, layers.Select(l => l.Shape.AccumulatorBits).DefaultIfEmpty(0).Max()),
            uses.Products ? 9 : 8,
            Math.Max(16, layers.Select(l => l.Shape.MultiplierBits).DefaultIfEmpty(0).Max()),
            uses)
        {
            Pairs = array.Pairs,
            Singles = layers.Any(l => array.IsSingle(l.Shape)),
            Deform = deform,
            Stage = cut.Stage,
        };
    }

    private static long Cycles(
        List<(ConvolutionShape Shape, List<ConvolutionTile> Tiles)> layers, IReadOnlyList<HlsCommand> others, EngineConfiguration c, FpgaTarget target)
    {
        long cycles = 0;
        foreach ((ConvolutionShape shape, List<ConvolutionTile> tiles) in layers)
            cycles += LayerCost.Of(shape, tiles, c).Slower(target);
        foreach (HlsCommand command in others)
            cycles += LayerCost.Of(command, c).Slower(target);
        return cycles;
    }

    private static long Up(long value, long multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>Two layers of the list, cut to run as one.</summary>
    private sealed record StreamCut(LayerStream Stream, int Source, int Reader, List<StreamTile> Tiles);

    private sealed record Cutting(
        List<(ConvolutionShape Shape, List<ConvolutionTile> Tiles)> Layers, MultiplierArray Array, long Line, long Depth, DeformSizes Deform)
    {
        public LaneStage? Stage { get; init; }

        public List<StreamCut> Streams { get; init; } = [];

        /// <summary>Those streams that are faster than their layers one after the other, and the cycles they save.</summary>
        public (ImmutableArray<LayerStream> Streams, long Saved) Faster(EngineConfiguration c, FpgaTarget target)
        {
            var chosen = ImmutableArray.CreateBuilder<LayerStream>();
            long saved = 0;
            foreach (StreamCut cut in Streams)
            {
                ((ConvolutionShape source, List<ConvolutionTile> first), (ConvolutionShape reader, List<ConvolutionTile> second)) = (Layers[cut.Source], Layers[cut.Reader]);
                long alone = LayerCost.Of(source, first, c).Slower(target) + LayerCost.Of(reader, second, c).Slower(target);
                long together = StreamCost.Of(source, reader, cut.Tiles, c).Slower(target);
                if (together >= alone)
                    continue;
                chosen.Add(cut.Stream);
                saved += alone - together;
            }

            return (chosen.ToImmutable(), saved);
        }
    }

    private sealed record AttentionChoice(AttentionSizes Sizes, long Words, Dictionary<int, long> ByInterval)
    {
        public long Cycles(int finishInterval) => ByInterval[finishInterval];
    }

    private sealed record Candidate(EngineConfiguration Configuration, ResourceEstimate Resources, long Cycles, long AttentionWords, long Line)
    {
        public bool IsBetterThan(Candidate other) =>
            Cycles != other.Cycles ? Cycles < other.Cycles
            : AttentionWords != other.AttentionWords ? AttentionWords < other.AttentionWords
            : Resources.Dsp + Resources.Bram36 < other.Resources.Dsp + other.Resources.Bram36;
    }
}
