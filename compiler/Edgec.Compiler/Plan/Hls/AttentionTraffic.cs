using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>What a layer of attention loads: in the order it is planned, in no order, and at least. Counts are of all heads. A mask or bias is
/// left out: it is read alike in any order.</summary>
/// <param name="Schedule">Of a head.</param>
/// <param name="Resident">Keys and values of a head stay on chip.</param>
/// <param name="OnChip">Bytes of the engine that hold operands or what becomes of them.</param>
public sealed record AttentionTraffic(AttentionShape Shape, AttentionSchedule Schedule, bool Resident, long OnChip)
{
    /// <summary>Queries in flight of which the tables show the loads.</summary>
    public static readonly int[] Shown = [1, 4, 8, 16];

    internal static AttentionTraffic Of(AttentionShape shape, AttentionSizes sizes) =>
        new(shape, shape.Schedule(sizes.Slots), sizes.Holds(shape), sizes.Bytes);

    /// <summary>The same layer alone, streamed, with so many queries in flight.</summary>
    public AttentionTraffic At(int parallel) =>
        Of(Shape with { Kernel = Shape.Kernel with { Parallel = parallel } }, AttentionSizes.Streamed(Shape, parallel));

    public AttentionGeometry Geometry => Shape.Geometry;

    /// <summary>Queries and keys loaded where each query meets all keys by itself: N² + N a head.</summary>
    public long UnorderedTokens => Geometry.Batch * (Schedule.UnorderedKeys + Geometry.Rows);

    /// <summary>Queries and keys the engine streams: those of <see cref="AttentionSchedule"/>, whether from memory or from the buffers on chip.</summary>
    public long StreamedTokens => Geometry.Batch * (Schedule.Steps + Geometry.Rows);

    /// <summary>Values the engine streams: one a step.</summary>
    public long ValueLoads => Geometry.Batch * Schedule.Steps;

    /// <summary>Bytes of operands and results in memory if nothing were ordered: keys and values come again for each query.</summary>
    public long UnorderedBytes => Bytes(Geometry.Batch * Schedule.UnorderedKeys, 1);

    /// <summary>The same if keys and values come again for each pass: one of either a step.</summary>
    public long StreamedBytes => Bytes(ValueLoads, Shape.Slices);

    /// <summary>The same as planned.</summary>
    public long PlannedBytes => Resident ? Bytes(ContextKeys, Shape.Slices) : StreamedBytes;

    /// <summary>Every operand in once, every result out once: no schedule does with less.</summary>
    public long CompulsoryBytes => Bytes(ContextKeys, 1);

    /// <summary>
    /// What any order of the exact products must move with as much fast memory M: <see cref="CompulsoryBytes"/>, which is exact, or if that is more, for each
    /// head N²·d²/M where M ≥ d², N²·d/√M where it is smaller. Saha and Ye, The I/O Complexity of Attention, or How Optimal is FlashAttention?
    /// (ICML 2024): the first is matched by tiles of FlashAttention, the second is that of matrix products (Hong and Kung, STOC 1981). Both are
    /// orders of magnitude, Ω of these terms; the constant is taken as 1 and elements as bytes.
    /// </summary>
    public double LowerBoundBytes
    {
        get
        {
            double d = Math.Max(Geometry.Inner, Geometry.Width), pairs = (double)Geometry.Batch * Schedule.UnorderedKeys;
            return Math.Max(CompulsoryBytes, OnChip >= d * d ? pairs * d * d / OnChip : pairs * d / Math.Sqrt(OnChip));
        }
    }

    /// <summary>In words: for plans and reports.</summary>
    public string Note => $"parallel={Schedule.Parallel} {(Resident ? "resident" : "streamed")}";

    private long ContextKeys => (long)Shape.Contexts * Geometry.Columns;

    // Queries and results, keys and their values.
    private long Bytes(long keys, int slices)
    {
        long queries = (long)Geometry.Batch * Geometry.Rows;
        return queries * (slices * Geometry.Inner + Geometry.Width) + keys * (slices * Geometry.Inner + Geometry.Width);
    }
}
