using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>What a layer of attention loads: in the order it is planned, in no order, and at least. Counts are of all heads.</summary>
/// <param name="Schedule">Of a head.</param>
/// <param name="Slices">Commands, each for some of the values; queries and keys are read again.</param>
/// <param name="Resident">Keys and values of a head stay on chip.</param>
/// <param name="OnChip">Bytes of the engine that hold operands or what becomes of them.</param>
public sealed record AttentionTraffic(AttentionGeometry Geometry, AttentionSchedule Schedule, int Slices, bool Resident, long OnChip)
{
    internal static AttentionTraffic Of(AttentionShape shape, AttentionSizes sizes) =>
        new(shape.Geometry, shape.Schedule(sizes.Slots), shape.Slices, sizes.Holds(shape), sizes.Bytes);

    /// <summary>Queries and keys loaded where each query meets all keys by itself: N² + N a head.</summary>
    public long UnorderedTokens => Geometry.Batch * (Schedule.UnorderedKeys + Geometry.Rows);

    /// <summary>Queries and keys the engine streams: those of <see cref="AttentionSchedule"/>, whether from memory or from the buffers on chip.</summary>
    public long StreamedTokens => Geometry.Batch * (Schedule.Steps + Geometry.Rows);

    /// <summary>Bytes of operands and results in memory if nothing were ordered: keys and values come again for each query.</summary>
    public long UnorderedBytes => Bytes(Geometry.Batch * Schedule.UnorderedKeys, 1);

    /// <summary>The same if keys and values come again for each pass: one of either a step.</summary>
    public long StreamedBytes => Bytes(Geometry.Batch * Schedule.Steps, Slices);

    /// <summary>The same as planned.</summary>
    public long PlannedBytes => Resident ? Bytes(ContextKeys, Slices) : StreamedBytes;

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

    private long ContextKeys => (Geometry.OneContext ? 1L : Geometry.Batch) * Geometry.Columns;

    // Queries and results, keys and their values.
    private long Bytes(long keys, int slices)
    {
        long queries = (long)Geometry.Batch * Geometry.Rows;
        return queries * (slices * Geometry.Inner + Geometry.Width) + keys * (slices * Geometry.Inner + Geometry.Width);
    }
}
