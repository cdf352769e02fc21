using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Makes a border of zeros part of the windows behind it: of a convolution, or of a mean that counts its padding or has
/// none of its own.
/// <code>
///   %p = pad(%x) {pads=[0,0,1,1,0,0,1,1]}    =>    %y = conv(%x, #w) {pads=[1,1,1,1]}
///   %y = conv(%p, #w)
/// </code>
/// Not where %p has another reader. A border of other values, and one around maxima, stays.
/// </summary>
public sealed record FusePad : Pass
{
    public static readonly PassDef Def = new(
        "fuse-pad", "Makes a border of zeros part of the convolution or mean behind it.", _ => new FusePad());

    public override string Name => "fuse-pad";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (node.Inputs.Length > 0 && graph.HasSingleUse(node.Inputs[0])
                && graph.Producer(node.Inputs[0]) is { Op: Pad { Mode: "constant", Value: 0 } pad, Inputs: [var source] } before
                && Spatial(pad) is { } border && Widened((Operator)node.Op, border) is { } op)
                editor.Replace(node, op, [source, .. node.Inputs[1..]], before.Origin.Union(node.Origin));
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    // Begins and ends of the two spatial axes of [N, C, H, W], if nothing else is padded and nothing cropped.
    private static int[]? Spatial(Pad pad) =>
        pad.Pads.Count == 8 && pad.Pads.All(p => p >= 0) && pad.Pads[0] + pad.Pads[1] + pad.Pads[4] + pad.Pads[5] == 0
            ? [pad.Pads[2], pad.Pads[3], pad.Pads[6], pad.Pads[7]]
            : null;

    private static Operator? Widened(Operator op, int[] border) => op switch
    {
        Conv { ChannelsLast: false, Window: { AutoPad: "NOTSET", Pads.Count: 4 } window } conv =>
            conv with { Window = Widened(window, border) },
        AveragePool { ChannelsLast: false, Window: { AutoPad: "NOTSET", CeilMode: false, Pads.Count: 4 } window } pool
            when pool.CountPadding || window.Pads.All(p => p == 0) =>
            pool with { Window = Widened(window, border), CountPadding = true },
        _ => null,
    };

    private static WindowAttributes Widened(WindowAttributes window, int[] border) =>
        window with { Pads = [.. window.Pads.Select((p, i) => p + border[i])] };
}
