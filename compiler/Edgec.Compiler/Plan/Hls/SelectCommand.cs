namespace Edgec.Plan.Hls;

/// <param name="Rows">Outer indices.</param>
/// <param name="Extent">Elements of a storage row of the operand.</param>
/// <param name="OutExtent">Indices of a storage row of the result.</param>
public sealed record SelectCommand(WordNest Source, WordNest Target, int Rows, int Length, int Extent, int Count, bool Greatest, int OutExtent) : HlsCommand
{
    /// <summary>Words side by side whose lanes are rows; 0 where rows lie along the last axis.</summary>
    public int Across { get; init; }

    private int Line => (Extent + EngineConfiguration.Lanes - 1) / EngineConfiguration.Lanes;

    private int Tail => Extent - (Line - 1) * EngineConfiguration.Lanes;

    /// <summary>Rows in all.</summary>
    public long AllRows => Across == 0 ? Rows : (long)Rows * (Across / Line) * Extent;

    public override string Engine => "select";

    public override string Initializer =>
        $"{{{Source.Initializer}, {Target.Initializer}, {Rows}, {Length}, {Extent}, {Count}, {(Greatest ? 1 : 0)}, {OutExtent}, {Across}, {Line}, {Tail}}}";
}
