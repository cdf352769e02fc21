namespace Edgec.Plan.Hls;

/// <param name="SizeShift">Bytes of an element, as a power of two.</param>
/// <param name="OutExtent">Elements of a storage row of the result.</param>
public sealed record GatherCommand(IndexedPlaces Places, int Source, int SizeShift, int OutExtent, WordNest Target) : HlsCommand
{
    public override string Engine => "gather";

    public override string Initializer => $"{{{Places.Initializer}, {Source}, {Places.Run}, {SizeShift}, {OutExtent}, {Target.Initializer}}}";
}
