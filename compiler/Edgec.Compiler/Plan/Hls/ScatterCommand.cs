namespace Edgec.Plan.Hls;

/// <param name="Words">Words of the data.</param>
/// <param name="UpdateExtent">Elements of a storage row of the updates.</param>
/// <param name="UpdatePitch">Words from one to the next.</param>
/// <param name="SizeShift">Bytes of an element, as a power of two.</param>
/// <param name="Slices">Outer indices whose data are on chip at once; 0 for runs, which go to memory.</param>
/// <param name="SliceWords">Words of the data of one.</param>
public sealed record ScatterCommand(
    IndexedPlaces Places, int Data, int Updates, int Target, int Words, int UpdateExtent, int UpdatePitch, int SizeShift, int Slices, int SliceWords) : HlsCommand
{
    public override string Engine => "scatter";

    public override string Initializer =>
        $"{{{Places.Initializer}, {Data}, {Updates}, {Target}, {Places.Run}, {Words}, {UpdateExtent}, {UpdatePitch}, {SizeShift}, {Slices}, {SliceWords}}}";
}
