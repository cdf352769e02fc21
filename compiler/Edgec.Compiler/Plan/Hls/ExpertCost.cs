namespace Edgec.Plan.Hls;

/// <summary>The formulas of the queues; the products of experts are those of the convolution engine.</summary>
public static class ExpertCost
{
    /// <summary>Rows that an expert is taken to have: as many as the others.</summary>
    public static int RowsOf(int queued, int experts) => (queued + experts - 1) / experts;

    /// <summary>Cycles of a queue command: the indices are read once, counted, and their rows put in order, two cycles each.</summary>
    public static long Cycles(QueueCommand c) => HlsCost.CommandOverhead + 3L * c.Experts + c.Rows * (4L * c.Choices + 2 * HlsCost.RowOverhead);

    /// <summary>Memory words of a queue command.</summary>
    public static long Traffic(QueueCommand c) => c.Queued;

    /// <summary>A row's number times its words, of 32 bits, at either end of a product.</summary>
    public static int Dsp(ExpertSizes sizes) => sizes.Any ? 6 : 0;

    /// <summary>Three lists of 32 bits, and two of counts.</summary>
    public static int Bram36(ExpertSizes sizes) => sizes.Any ? 3 * ((sizes.Rows + 1023) / 1024) + 1 : 0;

    public static int Lut(ExpertSizes sizes) => sizes.Any ? 1500 : 0;
}
