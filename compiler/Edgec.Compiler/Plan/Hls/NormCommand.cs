using Edgec.Kernels;

namespace Edgec.Plan.Hls;

/// <param name="Source">The words block by block; <paramref name="Target"/> likewise.</param>
/// <param name="Held">Words wait on chip for the sums of their block; else they are read twice.</param>
/// <param name="Parameters">Address of gains and biases.</param>
public sealed record NormCommand(WordNest Source, WordNest Target, bool Held, int Parameters, NormLayout Layout, IntegerLayerNormStep Step) : HlsCommand
{
    public override string Engine => "norm";

    public override string Initializer
    {
        get
        {
            NormLayout l = Layout;
            IntegerLayerNormStep s = Step;
            WordNest again = Held ? WordNest.None(Source.Address) : Source;
            return $"{{{Source.Initializer}, {again.Initializer}, {Target.Initializer}, {(Held ? 1 : 0)}, {Parameters}, {l.ChannelWords}, {l.Blocks}, {l.Length}, {l.Words}, "
                + $"{l.Line}, {l.Tail}, {l.GroupChannels}, {l.Groups}, {l.Count}, {(s.Centered ? 1 : 0)}, {s.InputZero}, {s.Guard}, {s.Epsilon}LL, {s.Fraction}, {s.Zero}, {s.Lo}, {s.Hi}}}";
        }
    }
}
