using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>A layer of attention, before it is known how many queries are in flight.</summary>
/// <param name="Layer">Index of the step.</param>
/// <param name="Scores">What makes sums of products scores.</param>
/// <param name="ScoreBound">The largest magnitude of such a sum.</param>
public sealed record AttentionShape(int Layer, Origin Origin, AttentionKernel Kernel, ChannelFinish Scores, long ScoreBound)
{
    /// <summary>Words of values that a command weighs: each has 16 accumulators a query in flight.</summary>
    public const int MostValueWords = 16;

    private const int Lanes = EngineConfiguration.Lanes;

    public static AttentionShape Of(PlanStep step, AttentionKernel kernel)
    {
        long bound = (long)kernel.Geometry.Inner * Reach(kernel.QueryZero) * Reach(kernel.KeyZero);
        return new(step.Index, step.Origin, kernel, ChannelFinish.Of(kernel.Scores, 0, 0), bound);
    }

    public AttentionGeometry Geometry => Kernel.Geometry;

    /// <summary>True if 64-bit arithmetic holds every sum that is scaled to a score, with what is added.</summary>
    public bool ScoresFit
    {
        get
        {
            long added = Kernel.Bias is { } bias ? byte.MaxValue * Math.Abs((long)bias.Multiplier) : 0;
            return Scores.Fits(ScoreBound) && (Scores with { Addend = Int128.Abs(Scores.Addend) + added }).Fits(ScoreBound);
        }
    }

    /// <summary>Words of a query, and of a key once it is arranged.</summary>
    public int Words => WordsOf(Geometry.Inner);

    /// <summary>Words of a value.</summary>
    public int ValueWords => WordsOf(Geometry.Width);

    /// <summary>Words of keys by columns from row to row: blocks of 16 keys.</summary>
    public int ColumnWords => WordsOf(Geometry.Columns);

    /// <summary>Words of values of a command, of which there are as few as can be.</summary>
    public int SliceWords => WordsOf(ValueWords, Slices);

    /// <summary>Commands: the scores are made again for each.</summary>
    public int Slices => WordsOf(ValueWords, MostValueWords);

    /// <summary>Words of memory that hold the keys of a head.</summary>
    public int KeyWords => Geometry.KeysByRow ? checked(Geometry.Columns * Words) : checked(Geometry.Inner * ColumnWords);

    /// <summary>Words that hold the values of a head, those of a command.</summary>
    public int HeldValueWords => checked(Geometry.Columns * SliceWords);

    /// <summary>Bits of a weighted sum: |Σ E·v| ≤ columns · 32767 · 128, and a sign.</summary>
    public int WeightedBits => 1 + ChannelBits((long)Geometry.Columns * short.MaxValue * 128);

    /// <summary>Bits of the multiplier that makes scores.</summary>
    public int MultiplierBits => ChannelBits(Scores.Multiplier);

    /// <summary>Words of a row that is added to scores; 0 for none.</summary>
    public int BiasWords => Kernel.Bias is null ? 0 : ColumnWords;

    /// <summary>Words that are added to the scores of a head, in all passes of a schedule: a row for each query, or one a pass.</summary>
    public long BiasReads(AttentionSchedule schedule) => Kernel.Bias is { } bias ? (long)(bias.ByRow ? Geometry.Rows : schedule.Passes) * BiasWords : 0;

    /// <summary>Heads whose keys and values are read: one, where it serves all.</summary>
    public int Contexts => Geometry.OneContext ? 1 : Geometry.Batch;

    public AttentionSchedule Schedule(int slots) => AttentionSchedule.Of(Geometry.Rows, Geometry.Columns, Kernel.Parallel > 0 ? Kernel.Parallel : slots);

    private static long Reach(int zero) => Math.Max(127 - zero, zero + 128);

    private static int ChannelBits(long value) => 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)value);

    private static int WordsOf(int extent, int lanes = Lanes) => (extent + lanes - 1) / lanes;
}
