namespace Edgec.Plan.Hls;

/// <summary>What attention takes on chip.</summary>
/// <param name="Slots">Queries in flight.</param>
/// <param name="QueryWords">Words of the longest query.</param>
/// <param name="ValueWords">Words of values that are weighed at once.</param>
/// <param name="HeldKeyWords">Words of the buffer of a head's keys; 0 to stream them.</param>
/// <param name="HeldValueWords">The same of its values.</param>
/// <param name="ScoreInterval">Cycles in which the scores of a step are requantized.</param>
/// <param name="Columns">Most keys: steps between a query's first score and its first exponential.</param>
/// <param name="ColumnInner">Elements of the longest key that lies in columns; 0 for none.</param>
/// <param name="WeightedBits">Width of weighted sums, exact for this model.</param>
/// <param name="MultiplierBits">Width of the largest multiplier that makes scores.</param>
/// <param name="BiasWords">Words of the longest row that is added to scores; 0 for none.</param>
public sealed record AttentionSizes(
    int Slots, int QueryWords, int ValueWords, int HeldKeyWords, int HeldValueWords, int ScoreInterval, int Columns, int ColumnInner, int WeightedBits, int MultiplierBits, int BiasWords)
{
    /// <summary>Of a model without attention.</summary>
    public static readonly AttentionSizes None = new(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0);

    /// <summary>Queries in flight that are tried.</summary>
    private static readonly int[] Parallel = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16];

    private const int LeastHeld = 512;
    /// <summary>Most words of keys that are kept, and of values: 1 MB each.</summary>
    public const int MostHeld = 1 << 16;

    public bool Any => Slots > 0;

    /// <summary>Words of the queue of queries: a batch comes before its keys.</summary>
    public int QueryQueue => Slots * QueryWords;

    /// <summary>Bytes on chip that hold operands or what becomes of them: queries, keys and values of a head if they stay, what is added to scores, scores and weighted sums.</summary>
    public long Bytes => 16L * (HeldKeyWords + HeldValueWords + 2 * QueryQueue + 2 * Slots * BiasWords) + (long)Slots * Columns + (long)Slots * ValueWords * 16 * WeightedBits / 8;

    /// <summary>True if keys and values of a head of the layer stay on chip.</summary>
    public bool Holds(AttentionShape shape) => shape.KeyWords <= HeldKeyWords && shape.HeldValueWords <= HeldValueWords;

    /// <summary>Every size worth trying: queries in flight, and buffers for no layer, or for those of up to so many words.</summary>
    /// <param name="mostHeld">Most words of either buffer.</param>
    public static IReadOnlyList<AttentionSizes> Choices(IReadOnlyList<AttentionShape> shapes, int mostHeld)
    {
        if (shapes.Count == 0)
            return [None];
        int chosen = shapes.Max(s => s.Kernel.Parallel == 0 ? 0 : s.Schedule(0).Parallel);
        bool free = shapes.Any(s => s.Kernel.Parallel == 0);
        int most = shapes.Max(s => s.Geometry.Columns);
        var choices = new List<AttentionSizes>();
        foreach (int slots in free ? Parallel.Select(p => Math.Max(chosen, Math.Min(p, most))).Distinct() : [chosen])
        {
            foreach (AttentionShape[] held in Held(shapes, mostHeld))
            {
                choices.Add(Of(shapes, slots, held));
            }
        }

        return choices;
    }

    /// <summary>What one layer takes alone, if its keys and values are streamed.</summary>
    public static AttentionSizes Streamed(AttentionShape shape, int slots) => Of([shape], Math.Min(slots, shape.Geometry.Columns), []);

    private static AttentionSizes Of(IReadOnlyList<AttentionShape> shapes, int slots, AttentionShape[] held) => new(
        slots, shapes.Max(s => s.Words), shapes.Max(s => s.SliceWords), held.Select(s => s.KeyWords).DefaultIfEmpty(0).Max(),
        held.Select(s => s.HeldValueWords).DefaultIfEmpty(0).Max(), Math.Min(shapes.Min(s => s.Words), slots), shapes.Max(s => s.Geometry.Columns),
        shapes.Where(s => !s.Geometry.KeysByRow).Select(s => s.Geometry.Inner).DefaultIfEmpty(0).Max(), shapes.Max(s => s.WeightedBits),
        Math.Max(16, shapes.Max(s => s.MultiplierBits)), shapes.Max(s => s.BiasWords));

    // No layers, and by powers of four those of up to so many words.
    private static IEnumerable<AttentionShape[]> Held(IReadOnlyList<AttentionShape> shapes, int most)
    {
        int before = 0;
        yield return [];
        for (int limit = LeastHeld; limit <= most; limit *= 4)
        {
            AttentionShape[] held = [.. shapes.Where(s => s.KeyWords <= limit && s.HeldValueWords <= limit)];
            if (held.Length > before)
                yield return held;
            before = held.Length;
        }
    }
}
