namespace Edgec.Plan.Hls;

/// <summary>The sizes of the part of the convolution engine that takes samples of deformable convolutions.</summary>
/// <param name="LineLimit">Words that a layer's part of the line buffer may have; layers that need more gather.</param>
/// <param name="Ports">Rows that are sampled at once.</param>
/// <param name="SampleBits">Width of samples.</param>
/// <param name="Banks">Banks of the line buffer.</param>
/// <param name="BankWords">Words of one.</param>
/// <param name="Places">Pairs of offsets, or masks, of an output pixel.</param>
/// <param name="Fractions">Some samples lie between pixels.</param>
/// <param name="Masks">Some samples have masks.</param>
public sealed record DeformSizes(long LineLimit, int Ports, int SampleBits, int Banks, int BankWords, int Places, bool Fractions, bool Masks)
{
    /// <summary>Where no convolution is deformable.</summary>
    public static readonly DeformSizes None = new(0, 1, 8, 1, 1, 1, false, false);

    /// <summary>The sizes that layers need together, each with the access it has.</summary>
    public static DeformSizes Of(IEnumerable<(ConvolutionShape Shape, ConvolutionTile Tile)> tiles, long limit, int ports)
    {
        List<(DeformShape Deform, ConvolutionTile Tile)> all = [.. tiles.Where(t => t.Shape.Deform is not null).Select(t => (t.Shape.Deform!, t.Tile))];
        if (all.Count == 0)
            return None;
        List<(DeformShape Deform, ConvolutionTile Tile)> buffered = [.. all.Where(t => t.Deform.Access != SampleAccess.Gather)];
        int used = all.Max(t => t.Deform.Ports);
        int banks = used > 1 ? buffered.Where(t => t.Deform.Ports > 1).Max(t => t.Deform.RingRows) : buffered.Count > 0 ? 2 : 1;
        long words = buffered.Select(t => (long)((t.Deform.RingRows + banks - 1) / banks) * t.Deform.Kernel.Geometry.Width * t.Tile.Words).DefaultIfEmpty(1).Max();
        return new(
            limit, used, all.Max(t => t.Deform.SampleBits), banks, checked((int)words), all.Max(t => t.Deform.Numbers),
            all.Any(t => t.Deform.Kernel.Sampling.Fraction > 0), all.Any(t => t.Deform.Kernel.Masked))
        { MostPorts = ports };
    }

    /// <summary>Ports that layers may use.</summary>
    public int MostPorts { get; init; } = 1;

    /// <summary>True if there is anything to build.</summary>
    public bool Any => this != None;
}
