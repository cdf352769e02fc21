using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Gathers blocks of pixels into channels: [N, C, H, W] to [N, b·b·C, H/b, W/b], where a channel's index is (by, bx, c).</summary>
public sealed record SpaceToDepth(int Block, bool IsChannelsLast) : MoveOperator
{
    public static readonly OpDef Def = new("space-to-depth", "SpaceToDepth", a => new SpaceToDepth(a.Int("blocksize"), a.Flag("channels_last")));

    public override string Name => "space-to-depth";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        IsChannelsLast ? [("blocksize", Block), ("channels_last", true)] : [("blocksize", Block)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType type = context.Input(0);
        Shape x = type.Shape;
        int h = IsChannelsLast ? 1 : 2;
        if (x.Rank != 4 || Block < 1 || x[h] % Block != 0 || x[h + 1] % Block != 0)
            throw OperatorException.Invalid($"SpaceToDepth cannot gather blocks of {Block} by {Block} from {x}.");
        long channels = (long)x[IsChannelsLast ? 3 : 1] * Block * Block;
        return [type with
        {
            Shape = IsChannelsLast
                ? Extents.Checked([x[0], x[1] / Block, x[2] / Block, channels])
                : Extents.Checked([x[0], channels, x[2] / Block, x[3] / Block]),
        }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) => Block == 1 ? [context.Input(0)] : null;

    public override Operator? ToChannelsLast(InferContext context) => this with { IsChannelsLast = true };

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        int c = IsChannelsLast ? 3 : 1, h = IsChannelsLast ? 1 : 2, w = h + 1;
        Shape x = context.Shape(0), y = move.Output;
        int[] s = move.Strides(x), t = move.Strides(y);
        (int Extent, int Source, int Target)[] channels =
            [(Block, s[h], Block * x[c] * t[c]), (Block, s[w], x[c] * t[c]), (x[c], s[c], t[c])];
        (int Extent, int Source, int Target)[] pixels = [(y[h], Block * s[h], t[h]), (y[w], Block * s[w], t[w])];
        (int Extent, int Source, int Target)[] loops = IsChannelsLast ? [(y[0], s[0], t[0]), .. pixels, .. channels] : [(y[0], s[0], t[0]), .. channels, .. pixels];
        move.Copy(0, [.. loops.Select(l => l.Extent)], [.. loops.Select(l => l.Source)], [.. loops.Select(l => l.Target)]);
    }
}
