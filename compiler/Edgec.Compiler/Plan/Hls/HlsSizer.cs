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
        foreach (Cutting cut in Arrays(shapes, options).SelectMany(array => Cuts(shapes, array, streams, options, target.DspKind)))
        {
            foreach (int mac in cut.Array.Outputs == 16 || options.Outputs is not null ? Intervals[..3] : [1])
            {
                foreach ((int interval, int rows) in Intervals.SelectMany(interval => RowChoices(cut).Select(rows => (interval, rows))))
                {
                    EngineConfiguration sized = Sized(cut, rows, mac, interval, rowWords, uses) with { Resample = resample, Norm = norm, Experts = experts, Selection = selection, Elements = elements, MixWords = mixWords };
                    if (cut.Stage is not null)
                    {
                        ImmutableArray<LayerStream> chosen = cut.Faster(sized, target);
                        if (chosen.IsEmpty)
                            continue;
                        sized = sized with { Stage = sized.Stage! with { Streams = chosen } };
                    }

                    long cycles = Cycles(cut, others, sized, target);

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
        IReadOnlyList<ConvolutionShape> shapes, MultiplierArray array, IReadOnlyList<LayerStream> streams, HlsOptions options, DspKind dsp)
    {
        foreach ((long limit, int ports) in SampleBuffers(shapes, options.SampleWords ?? MostSampleBuffer))
        {
            ConvolutionShape[] resolved = [.. shapes.Select(s => s.WithAccess(limit, ports, array.Group(s)))];
            foreach (Cutting cut in Cuts(resolved, array, limit, ports, options.Prefetch))
            {
                if (array.Pairs && !MultiplierArray.CanPair(cut.Deform.SampleBits, dsp))
                    continue;
                yield return cut;
                if (streams.Count > 0)
                    yield return Staged(cut, resolved, streams, limit);
            }
        }
    }

    // Without loading ahead, commands take all of the weight memory; with it, all or half.
    private static IEnumerable<Cutting> Cuts(ConvolutionShape[] shapes, MultiplierArray array, long limit, int ports, bool prefetch)
    {
        long line = LineWords(shapes, array);
        foreach (long depth in Depths(shapes, array, prefetch ? 2 : 1))
        {
            foreach ((bool ahead, long most) in prefetch ? [(false, depth), (true, depth), (true, depth / 2)] : new[] { (false, depth) })
            {
                List<(ConvolutionShape Shape, List<ConvolutionTile> Tiles)> tiles =
                    [.. shapes.Select(s => (s, ConvolutionTile.Cut(s, array.Group(s), most, s.Deform is null ? line : limit)))];
                yield return new(tiles, array, line, depth, DeformSizes.Of(tiles.SelectMany(l => l.Tiles.Select(t => (l.Shape, t))), limit, ports)) { Prefetch = ahead, TileDepth = most };
            }
        }
    }

    /// <summary>Rows of parameters: as many as a command has, or as two have.</summary>
    private static IEnumerable<int> RowChoices(Cutting cut)
    {
        int one = cut.OnArray.Select(t => ParameterRows(t.Shape, t.Tile)).DefaultIfEmpty(1).Max();
        if (!cut.Prefetch)
            return [one];
        int full = HlsCost.UpToBank(one), both = HlsCost.UpToBank(2 * one);
        return full == both ? [full] : [full, both];
    }

    /// <summary>The same where a stage behind the array computes what goes lane by lane.</summary>
    private static Cutting Staged(Cutting cut, ConvolutionShape[] shapes, IReadOnlyList<LayerStream> streams, long limit)
    {
        MultiplierArray array = cut.Array;
        ConvolutionShape[] lanes = [.. shapes.Where(s => s.Mode != ConvolutionMode.Dense)], dense = [.. shapes.Where(s => s.Mode == ConvolutionMode.Dense)];
        long line = LineWords(dense, array), depth = Depths(lanes, array, 1).First();
        var stage = new LaneStage(checked((int)LineWords(lanes, array)), checked((int)depth), 1, LaneStage.Interval(lanes));
        List<(ConvolutionShape Shape, List<ConvolutionTile> Tiles)> tiles =
        [
            .. shapes.Select(s => s.Mode == ConvolutionMode.Dense
                ? (s, ConvolutionTile.Cut(s, array.Group(s), cut.TileDepth, s.Deform is null ? line : limit))
                : (s, ConvolutionTile.Cut(s, array.Group(s), stage.Depth, s.Deform is null ? stage.LineWords : limit))),
        ];
        var cuts = streams.Select(stream => new StreamCut(
            stream, tiles.FindIndex(t => t.Shape.Layer == stream.Source), tiles.FindIndex(t => t.Shape.Layer == stream.Reader), [])).ToList();
        cuts = [.. cuts.Select(c => c with
        {
            Tiles = StreamTile.Cut(shapes[c.Source], shapes[c.Reader], array.Group(shapes[c.Source]), cut.TileDepth, cut.Depth, line, stage.Depth, stage.LineWords) ?? [],
        }).Where(c => c.Tiles.Count > 0)];
        IEnumerable<(ConvolutionShape Shape, ConvolutionTile Tile)> all = tiles.SelectMany(l => l.Tiles.Select(t => (l.Shape, t)));
        int rows = all.Where(t => t.Shape.Mode != ConvolutionMode.Dense).Select(t => ParameterRows(t.Shape, t.Tile))
            .Concat(cuts.SelectMany(c => c.Tiles.Select(t => ParameterRows(shapes[c.Reader], t.Reader)))).Max();
        var deform = DeformSizes.Of(all, limit, cut.Deform.MostPorts);
        return new(tiles, array, line, cut.Depth, deform)
        {
            Prefetch = cut.Prefetch,
            TileDepth = cut.TileDepth,
            Stage = stage with { ParameterRows = cut.Prefetch ? HlsCost.UpToBank(rows) : rows },
            Streams = cuts,
        };
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

    // From what the largest group of outputs needs to what so many of the largest layer need.
    private static IEnumerable<long> Depths(IReadOnlyList<ConvolutionShape> shapes, MultiplierArray array, int layers)
    {
        long least = shapes.Select(s => Minimum(s, array.Group(s)).Entries).DefaultIfEmpty(0).Max();
        long all = shapes.Where(s => s.HasWeights)
            .Select(s => ConvolutionTile.Cut(s, array.Group(s), long.MaxValue, long.MaxValue)[0].Entries).DefaultIfEmpty(0).Max();
        for (long depth = Math.Max(512, Up(least, 512)); ; depth *= 2)
        {
            yield return depth;
            if (depth >= layers * all)
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

    private static EngineConfiguration Sized(Cutting cut, int rows, int mac, int interval, long rowWords, EngineUses uses)
    {
        (List<(ConvolutionShape Shape, List<ConvolutionTile> Tiles)> layers, MultiplierArray array, long line, long depth, DeformSizes deform) = cut;
        var tiles = cut.OnArray.ToList();
        return new(
            array.Outputs, mac, interval, interval, interval, checked((int)line),
            tiles.Where(t => t.Shape.Window.Direct && t.Shape.Mode == ConvolutionMode.Dense).Select(t => t.Tile.Words * t.Shape.Window.KernelArea).DefaultIfEmpty(1).Max(),
            checked((int)depth),
            rows,
            (cut.Prefetch ? 2 : 1) * tiles.Where(t => t.Shape.Mode == ConvolutionMode.Dense).Select(t => t.Tile.Groups).DefaultIfEmpty(1).Max(),
            checked((int)rowWords),
            MoveWords,
            Math.Max(9, layers.Select(l => l.Shape.AccumulatorBits).DefaultIfEmpty(0).Max()),
            uses.Products ? 9 : 8,
            Math.Max(16, layers.Select(l => l.Shape.MultiplierBits).DefaultIfEmpty(0).Max()),
            uses)
        {
            Prefetch = cut.Prefetch,
            TileDepth = checked((int)cut.TileDepth),
            Pairs = array.Pairs,
            Singles = layers.Any(l => array.IsSingle(l.Shape)),
            Deform = deform,
            Stage = cut.Stage,
        };
    }

    private static long Cycles(Cutting cut, IReadOnlyList<HlsCommand> others, EngineConfiguration c, FpgaTarget target) =>
        LoadCost.Layers(cut.Runs(c), c).Values.Sum(cost => cost.Slower(target)) + others.Sum(command => LayerCost.Of(command, c).Slower(target));

    private static long Up(long value, long multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>Two layers of the list, cut to run as one.</summary>
    private sealed record StreamCut(LayerStream Stream, int Source, int Reader, List<StreamTile> Tiles);

    private sealed record Cutting(
        List<(ConvolutionShape Shape, List<ConvolutionTile> Tiles)> Layers, MultiplierArray Array, long Line, long Depth, DeformSizes Deform)
    {
        public bool Prefetch { get; init; }

        /// <summary>Entries that commands of more than one group of outputs may take.</summary>
        public long TileDepth { get; init; }

        public LaneStage? Stage { get; init; }

        public List<StreamCut> Streams { get; init; } = [];

        /// <summary>All commands that the array may get.</summary>
        public IEnumerable<(ConvolutionShape Shape, ConvolutionTile Tile)> OnArray =>
            Layers.SelectMany(l => l.Tiles.Select(t => (l.Shape, Tile: t)))
                .Concat(Streams.SelectMany(s => s.Tiles.Select(t => (Layers[s.Source].Shape, Tile: t.Source))))
                .Where(t => Stage is null || t.Shape.Mode == ConvolutionMode.Dense);

        /// <summary>Those streams that are faster than their layers one after the other.</summary>
        public ImmutableArray<LayerStream> Faster(EngineConfiguration c, FpgaTarget target)
        {
            return [.. Streams.Where(cut => Cost([Streamed(cut, c)]) < Cost([Alone(cut.Source, c), Alone(cut.Reader, c)])).Select(cut => cut.Stream)];

            long Cost(IEnumerable<IEnumerable<EngineRun>> runs) => LoadCost.Layers(runs.SelectMany(r => r), c).Values.Sum(cost => cost.Slower(target));
        }

        /// <summary>All commands in the order they run, with the streams that are chosen.</summary>
        public IEnumerable<EngineRun> Runs(EngineConfiguration c)
        {
            Dictionary<int, StreamCut> chosen = Streams.Where(cut => c.StreamOf(cut.Stream.Reader) is not null).ToDictionary(cut => cut.Reader);
            HashSet<int> within = [.. chosen.Values.Select(cut => cut.Source)];
            return Enumerable.Range(0, Layers.Count).Where(i => !within.Contains(i)).SelectMany(i => chosen.TryGetValue(i, out StreamCut? cut) ? Streamed(cut, c) : Alone(i, c));
        }

        private IEnumerable<EngineRun> Alone(int layer, EngineConfiguration c) => EngineRun.Of(Layers[layer].Shape, Layers[layer].Tiles, c);

        private IEnumerable<EngineRun> Streamed(StreamCut cut, EngineConfiguration c) => EngineRun.Of(Layers[cut.Source].Shape, Layers[cut.Reader].Shape, cut.Tiles, c);
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
            : Resources.Dsp + Resources.Bram36 != other.Resources.Dsp + other.Resources.Bram36 ? Resources.Dsp + Resources.Bram36 < other.Resources.Dsp + other.Resources.Bram36
            : Resources.Lut < other.Resources.Lut;
    }
}
