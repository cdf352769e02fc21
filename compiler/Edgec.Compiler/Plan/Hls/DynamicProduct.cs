using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>The right side of a product of two activations, as it lies in memory.</summary>
/// <param name="ByRows">[Columns, Inner], else [Inner, Columns].</param>
/// <param name="Pitch">Words from one of its rows to the next.</param>
/// <param name="LeftStep">Words of the left side from batch to batch; 0 where it serves all.</param>
/// <param name="RightStep">Words of the right side from batch to batch.</param>
public sealed record DynamicProduct(bool ByRows, int Inner, int Pitch, int LeftZero, int RightZero, int LeftStep, int RightStep)
{
    private const int Lanes = EngineConfiguration.Lanes;

    public static DynamicProduct Of(MatmulKernel k)
    {
        MatmulGeometry g = k.Geometry;
        int words = (g.Inner + Lanes - 1) / Lanes, outWords = (g.Columns + Lanes - 1) / Lanes;
        int pitch = g.RightTransposed ? words : outWords;
        return new(
            g.RightTransposed, g.Inner, pitch, k.LeftZero, k.RightZero, g.BroadcastLeft ? 0 : checked(g.Rows * words),
            g.BroadcastRight ? 0 : checked((g.RightTransposed ? g.Columns : g.Inner) * pitch));
    }

    /// <summary>The largest magnitude of any partial sum of l · (r - zero).</summary>
    public long SumBound => 128L * Inner * Math.Max(127 - RightZero, RightZero + 128);

    /// <summary>What a command is told about the right side of its tile.</summary>
    public RightSide Tile(in ConvolutionTile tile, int outputs, int address) => new(
        ByRows ? 1 : 2, checked(address + (ByRows ? tile.OutBegin * Lanes * Pitch : tile.OutBegin)), Pitch,
        Math.Min(tile.OutWords * Lanes, outputs - tile.OutBegin * Lanes), Inner, LeftZero, RightZero);
}

/// <summary>The fields of a command for a right side that is an activation; all 0 for constant weights.</summary>
public readonly record struct RightSide(int Kind, int Address, int Pitch, int Outputs, int Inner, int LeftZero, int RightZero)
{
    public string Initializer => $"{Kind}, {Address}, {Pitch}, {Outputs}, {Inner}, {LeftZero}, {RightZero}";
}
