using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Clamps the offsets of deformable convolutions, or their scale where they are square, to [-range, range] pixels, so that a
/// few rows of the image hold all that can be sampled (CoDeNet, §3: "bounded range"). It changes the result where offsets exceed it.
/// <code>
///   %y = deform-conv(%x, #w, #b, %o)    =>    %y = deform-conv(%x, #w, #b, %o) {bound=[-7.0,7.0]}
/// </code>
/// Narrower bounds stay.
/// </summary>
/// <param name="Range">Pixels, above 0.</param>
public sealed record DeformBound(float Range = DeformBound.UsualRange) : Pass
{
    /// <summary>That of the paper.</summary>
    public const float UsualRange = 7;

    public static readonly PassDef Def = new(
        "deform-bound", "Clamps the offsets of deformable convolutions to a range of pixels. Changes the result.", a =>
            a.Float("range", UsualRange) is > 0 and var range and < 1000 ? new DeformBound(range) : throw OperatorException.Invalid("range is a number of pixels above 0 and below 1000."));

    public override string Name => "deform-bound";

    public override Level Accepts => Level.Canonical;

    public override bool KeepsMeaning => false;

    public override Graph Run(Graph graph, PassContext context) =>
        DeformEdit.Each(graph, op => op with { Lo = Math.Clamp(op.Lo, -Range, Range), Hi = Math.Clamp(op.Hi, -Range, Range) });
}
