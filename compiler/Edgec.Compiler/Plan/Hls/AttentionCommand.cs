namespace Edgec.Plan.Hls;

/// <summary>Attention for some words of the values, head by head.</summary>
/// <param name="Queries">Address; so are <paramref name="Keys"/> and <paramref name="Values"/>.</param>
/// <param name="Bias">Address of what is added to scores; 0 without.</param>
/// <param name="KeyStep">Words from head to head, 0 where one serves all; so is <paramref name="ValueStep"/>.</param>
/// <param name="ValueWords">Words of a value of this command.</param>
/// <param name="Resident">Keys and values of a head stay on chip.</param>
/// <param name="Table">Address of the exponentials.</param>
public sealed record AttentionCommand(
    AttentionShape Shape, AttentionSchedule Schedule, int Queries, int Keys, int Values, int Bias, WordNest Target, int KeyStep, int ValueStep, int ValueWords, bool Resident, int Table) : HlsCommand
{
    private const int Lanes = EngineConfiguration.Lanes;

    public override string Engine => "attention";

    /// <summary>Blocks of 16 keys in all passes of all heads, where keys lie in columns.</summary>
    public int Blocks
    {
        get
        {
            int tail = (Schedule.Tail + Lanes - 1) / Lanes;
            return Shape.Geometry.KeysByRow ? 0 : checked(Shape.Geometry.Batch * ((Schedule.Passes - 1) * Shape.ColumnWords + tail));
        }
    }

    public override string Initializer
    {
        get
        {
            Kernels.AttentionKernel k = Shape.Kernel;
            Runtime.Kernels.AttentionGeometry g = k.Geometry;
            return $"{{{Queries}, {Keys}, {Values}, {Target.Initializer}, {g.Batch}, {g.Rows}, {g.Columns}, {Schedule.Parallel}, {Schedule.Passes}, {Schedule.Tail}, "
                + $"{checked((int)Schedule.Steps)}, {Shape.Words}, {g.Inner}, {(g.KeysByRow ? 0 : 1)}, {Shape.ColumnWords}, {Blocks}, {KeyStep}, {ValueStep}, {ValueWords}, {Shape.ValueWords}, "
                + $"{(Resident ? 1 : 0)}, {Table}, {k.QueryZero}, {k.KeyZero}, {Shape.Scores.Multiplier}, {(long)Shape.Scores.Addend}LL, {Shape.Scores.Shift}, {k.Scores.Zero}, {BiasInitializer(k.Bias)}, "
                + $"{k.ValueZero}, {k.Multiplier}, {k.Shift}, {k.Zero}, {k.Lo}, {k.Hi}}}";
        }
    }

    private string BiasInitializer(Runtime.Kernels.AttentionBias? bias) => bias is { } b
        ? $"1, {Bias}, {Shape.BiasWords}, {(b.ByRow ? 1 : 0)}, {b.Repeat}, {b.Count}, {b.Zero}, {b.Multiplier}"
        : "0, 0, 0, 0, 0, 0, 0, 0";
}
