namespace Edgec.Plan.Hls;

/// <param name="Rows">Address of the records of the rows.</param>
/// <param name="Columns">Address of the records of the columns.</param>
/// <param name="Words">Of a pixel, of this command.</param>
/// <param name="Loads">Lines read for an image, for the estimate.</param>
public sealed record ResampleCommand(
    int Source,
    WordNest Target,
    int Rows,
    int Columns,
    ResampleLayout Layout,
    int Words,
    int Loads,
    int InputZero,
    int Multiplier,
    long Addend,
    int Shift,
    int Zero,
    int Lo,
    int Hi) : HlsCommand
{
    public override string Engine => "resample";

    /// <summary>Words of an input row that are held.</summary>
    public int LineWords => checked(Layout.Pixels * Words);

    public int RingWords => checked(LineWords * Layout.RowTaps);

    public int ColumnRecords => Layout.OutWidth * Layout.ColumnTaps;

    public override string Initializer
    {
        get
        {
            ResampleLayout l = Layout;
            return $"{{{Source}, {Target.Initializer}, {Rows}, {Columns}, {(l.Along ? 1 : 0)}, {l.Outer}, {l.Height}, {l.Pixels}, {l.Words}, {Words}, {l.OutHeight}, {l.OutWidth}, "
                + $"{l.RowTaps}, {l.ColumnTaps}, {InputZero}, {Multiplier}, {Addend}LL, {Shift}, {Zero}, {Lo}, {Hi}}}";
        }
    }
}
