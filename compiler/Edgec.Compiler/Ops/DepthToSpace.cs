using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Spreads groups of channels over blocks of pixels: [N, C·bh·bw, H, W] to [N, C, H·bh, W·bw]. A channel's index is
/// (by, bx, c) in mode DCR and (c, by, bx) in mode CRD. ONNX has square blocks only.
/// </summary>
public sealed record DepthToSpace(int BlockHeight, int BlockWidth, string Mode, bool IsChannelsLast) : MoveOperator
{
    public static readonly OpDef Def = new("depth-to-space", "DepthToSpace", Read);

    public override string Name => "depth-to-space";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            yield return ("blocksize", BlockHeight);
            if (BlockWidth != BlockHeight)
                yield return ("block_width", BlockWidth);
            if (Mode != "DCR")
                yield return ("mode", Mode);
            if (IsChannelsLast)
                yield return ("channels_last", true);
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType type = context.Input(0);
        Shape x = type.Shape;
        long block = (long)BlockHeight * BlockWidth;
        if (x.Rank != 4 || BlockHeight < 1 || BlockWidth < 1 || x[IsChannelsLast ? 3 : 1] % block != 0 || Mode is not ("DCR" or "CRD"))
            throw OperatorException.Invalid($"DepthToSpace cannot spread the channels of {x} over blocks of {BlockHeight} by {BlockWidth} in mode {Mode}.");
        return [type with
        {
            Shape = IsChannelsLast
                ? Extents.Checked([x[0], (long)x[1] * BlockHeight, (long)x[2] * BlockWidth, x[3] / block])
                : Extents.Checked([x[0], x[1] / block, (long)x[2] * BlockHeight, (long)x[3] * BlockWidth]),
        }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        BlockHeight == 1 && BlockWidth == 1 ? [context.Input(0)] : null;

    public override Operator? ToChannelsLast(InferContext context) => this with { IsChannelsLast = true };

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        int c = IsChannelsLast ? 3 : 1, h = IsChannelsLast ? 1 : 2, w = h + 1;
        Shape x = context.Shape(0), y = move.Output;
        int[] s = move.Strides(x), t = move.Strides(y);
        (int channel, int blockY, int blockX) = Mode == "DCR" ? (1, BlockWidth * y[c], y[c]) : (BlockHeight * BlockWidth, BlockWidth, 1);
        (int, int, int) channels = (y[c], channel * s[c], t[c]);
        (int Extent, int Source, int Target)[] rows =
            [(x[h], s[h], BlockHeight * t[h]), (BlockHeight, blockY * s[c], t[h]), (x[w], s[w], BlockWidth * t[w]), (BlockWidth, blockX * s[c], t[w])];
        (int Extent, int Source, int Target)[] loops = IsChannelsLast ? [(y[0], s[0], t[0]), .. rows, channels] : [(y[0], s[0], t[0]), channels, .. rows];
        move.Copy(0, [.. loops.Select(l => l.Extent)], [.. loops.Select(l => l.Source)], [.. loops.Select(l => l.Target)]);
    }

    private static DepthToSpace Read(AttributeReader a)
    {
        int height = a.Int("blocksize");
        return new(height, a.Int("block_width", height), a.Text("mode", "DCR"), a.Flag("channels_last"));
    }
}
