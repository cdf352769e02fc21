using Edgec.Ir;

namespace Edgec.Passes;

/// <summary>
/// Rounds the offsets of deformable convolutions to whole pixels, floor(d + 1/2), so that samples are elements and nothing is
/// interpolated (CoDeNet, §3: "rounded offsets"). It changes the result.
/// <code>
///   %y = deform-conv(%x, #w, #b, %o)    =>    %y = deform-conv(%x, #w, #b, %o) {rounded=1}
/// </code>
/// </summary>
public sealed record DeformRound : Pass
{
    public static readonly PassDef Def = new(
        "deform-round", "Rounds the offsets of deformable convolutions to whole pixels. Changes the result.", _ => new DeformRound());

    public override string Name => "deform-round";

    public override Level Accepts => Level.Canonical;

    public override bool KeepsMeaning => false;

    public override Graph Run(Graph graph, PassContext context) => DeformEdit.Each(graph, op => op with { Rounded = true });
}
