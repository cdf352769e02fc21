namespace Edgec.Plan.Hls;

/// <summary>The formulas of the estimates for selection at run time.</summary>
public static class SelectionCost
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>An element a cycle; rows in lanes read a word for each.</summary>
    public static LayerCost Of(SelectCommand c) => new(
        HlsCost.CommandOverhead + Math.Max(c.AllRows * (c.Length + c.Count + 2 * HlsCost.RowOverhead), HlsCost.ShortRuns(c.Target)),
        (c.Across == 0 ? c.Source.Words : c.AllRows * c.Length) + c.Target.Words);

    /// <summary>An index a cycle, at the same time an element or a word of a run; each is a read of memory.</summary>
    public static LayerCost Of(GatherCommand c)
    {
        IndexedPlaces p = c.Places;
        return new(HlsCost.CommandOverhead + Math.Max(Math.Max(p.Numbers, Moves(p)), HlsCost.ShortRuns(c.Target)), p.Numbers + (long)p.Moved * Math.Max(1, p.Run) + c.Target.Words);
    }

    /// <summary>The data are copied first; elements go through the chip, block by block.</summary>
    public static LayerCost Of(ScatterCommand c)
    {
        IndexedPlaces p = c.Places;
        if (p.Run > 0)
            return new(2 * HlsCost.CommandOverhead + c.Words + Math.Max(p.Numbers, Moves(p)), 2L * c.Words + p.Numbers + 2L * p.Moved * p.Run);
        long blocks = (p.Outer + c.Slices - 1) / c.Slices;
        return new(HlsCost.CommandOverhead + 2L * c.Words + Math.Max(p.Numbers, p.Moved) + blocks * (3 * HlsCost.RowOverhead), 2L * c.Words + p.Numbers + p.Moved);
    }

    /// <summary>Indices become places by a product of 32 bits.</summary>
    public static int Dsp(SelectionSizes sizes) => (sizes.Gathers ? 4 : 0) + (sizes.Scatters ? 4 : 0);

    /// <summary>A lane on chip has a memory of its own, two to a block RAM of 8 bits by 2048 each; and one for its indices where rows lie in lanes.</summary>
    public static int Bram36(SelectionSizes sizes) =>
        (sizes.Scatters ? Lanes / 2 * (int)((Math.Max(1L, sizes.ScatterWords) + 2047) / 2048) : 0) + (sizes.Across ? Lanes : 0);

    /// <summary>
    /// A selected index is 40 registers, a comparison and a multiplexer of three. Places, and the choice of an element's lanes among 16, take some 1,200 each;
    /// ports and counters the rest.
    /// </summary>
    public static int Lut(SelectionSizes sizes) =>
        (sizes.Selected > 0 ? (1500 + 50 * sizes.Selected) * (sizes.Across ? 2 : 1) : 0) + (sizes.Gathers ? 3500 : 0) + (sizes.Scatters ? 4500 : 0);

    private static long Moves(IndexedPlaces p) => p.Run > 0 ? p.Moved * (p.Run + HlsCost.RowOverhead) : p.Moved;
}
