namespace Edgec.Plan.Hls;

/// <summary>The formulas of the estimates for results that are computed one at a time.</summary>
public static class ElementCost
{
    /// <summary>Cycles from element to element: two operands may come over one port.</summary>
    public const int Interval = 2;

    /// <summary>Two products of 64 bits for comparisons, and those of a sum and a requantization.</summary>
    public const int Dsp = 40;

    public const int Lut = 9000;

    public static LayerCost Of(ElementCommand c) => new(
        HlsCost.CommandOverhead + Math.Max((long)c.Rows * c.Extent * Interval, HlsCost.ShortRuns(c.Target)),
        c.Left.Words(c.Extent) + c.Right.Words(c.Extent) + c.Condition.Words(c.Extent) + c.Target.Words);
}
