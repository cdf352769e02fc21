namespace Edgec.Plan.Hls;

/// <param name="Extent">Elements of a storage row of the operand.</param>
/// <param name="OutExtent">Indices of a storage row of the result.</param>
public sealed record SelectCommand(WordNest Source, WordNest Target, int Rows, int Length, int Extent, int Count, bool Greatest, int OutExtent) : HlsCommand
{
    public override string Engine => "select";

    public override string Initializer =>
        $"{{{Source.Initializer}, {Target.Initializer}, {Rows}, {Length}, {Extent}, {Count}, {(Greatest ? 1 : 0)}, {OutExtent}}}";
}
