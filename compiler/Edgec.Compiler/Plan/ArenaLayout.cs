namespace Edgec.Plan;

/// <summary>A block that needs room from one step to another, both included.</summary>
/// <param name="Id">The caller's name for it.</param>
public readonly record struct ArenaBlock(int Id, long Bytes, int FirstStep, int LastStep)
{
    public bool Overlaps(ArenaBlock other) => FirstStep <= other.LastStep && other.FirstStep <= LastStep;

    /// <summary>A block for each value of a plan that has room of its own in the arena, named by the value's index.</summary>
    public static IEnumerable<ArenaBlock> Of(ModelPlan plan) =>
        plan.Values.Where(v => v.Place == Place.Arena && v.Root == v.Index).Select(v => new ArenaBlock(v.Index, v.Bytes, v.FirstStep, v.LastStep));
}

/// <summary>
/// Static offsets for blocks with known lifetimes. Greedy by size: the largest block first, each at the lowest gap among
/// the blocks that live at the same time (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference",
/// 2020). Deterministic.
/// </summary>
public sealed class ArenaLayout
{
    private readonly Dictionary<int, long> offsets;

    private ArenaLayout(Dictionary<int, long> offsets, long bytes, long lowerBound) =>
        (this.offsets, Bytes, LowerBound) = (offsets, bytes, lowerBound);

    /// <summary>Size of the arena.</summary>
    public long Bytes { get; }

    /// <summary>The most bytes that live at one time: no layout needs less.</summary>
    public long LowerBound { get; }

    public long Offset(int id) => offsets[id];

    /// <param name="alignment">Bytes to which every offset and the total are aligned.</param>
    public static ArenaLayout Of(IReadOnlyList<ArenaBlock> blocks, int alignment)
    {
        var placed = new List<(ArenaBlock Block, long Offset)>();
        var offsets = new Dictionary<int, long>();
        long total = 0;
        foreach (ArenaBlock block in blocks.OrderByDescending(b => b.Bytes).ThenBy(b => b.FirstStep).ThenBy(b => b.Id))
        {
            long offset = 0;
            foreach ((ArenaBlock other, long at) in placed.Where(p => p.Block.Overlaps(block)).OrderBy(p => p.Offset))
            {
                if (offset + block.Bytes <= at)
                    break;
                offset = Math.Max(offset, Align(at + other.Bytes, alignment));
            }

            placed.Add((block, offset));
            offsets[block.Id] = offset;
            total = Math.Max(total, offset + block.Bytes);
        }

        return new(offsets, Align(total, alignment), MostLive(blocks));
    }

    private static long MostLive(IReadOnlyList<ArenaBlock> blocks)
    {
        long most = 0;
        foreach (int step in blocks.Select(b => b.FirstStep).Distinct())
            most = Math.Max(most, blocks.Where(b => b.FirstStep <= step && step <= b.LastStep).Sum(b => b.Bytes));
        return most;
    }

    private static long Align(long value, int alignment) => (value + alignment - 1) / alignment * alignment;
}
