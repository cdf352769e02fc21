using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Chooses the order in which rows (patches, tokens) meet their experts: expert by expert, so that the weights of each expert that any row chose are read once and
/// those of the others not at all (Edge-MoE, §3.5), or one row after the other. No number changes.
/// <code>
///   %y = expert-matmul(%x, #w, #b, %i) {experts=16}    =>    %y = expert-matmul(%x, #w, #b, %i) {experts=16, by_expert=1}
/// </code>
/// </summary>
/// <param name="ByExpert"><c>order=expert</c>; false for <c>order=token</c>.</param>
public sealed record ReorderPatches(bool ByExpert = true) : Pass
{
    public static readonly PassDef Def = new(
        "reorder-patches", "Chooses whether the rows of a mixture of experts are computed expert by expert or one by one.", a => a.Text("order", "expert") switch
        {
            "expert" => new ReorderPatches(),
            "token" => new ReorderPatches(ByExpert: false),
            var other => throw OperatorException.Invalid($"order is expert or token, not {other}."),
        });

    public override string Name => "reorder-patches";

    public override Level Accepts => Level.Canonical;

    public override Level AcceptsUpTo => Level.Quantized;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is ExpertMatMul op && op.ByExpert != ByExpert)
                editor.Replace(node, op with { ByExpert = ByExpert }, node.Inputs);
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }
}
