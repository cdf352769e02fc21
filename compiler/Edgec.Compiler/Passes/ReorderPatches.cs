using Edgec.Diagnostics;
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
/// <remarks>
/// Several gates over the same experts are several tasks, each with an output of its own. <c>task=argument</c> makes a bundle whose caller says which
/// output a run computes; what that one does not need is not done.
/// </remarks>
/// <param name="ByExpert"><c>order=expert</c>; false for <c>order=token</c>.</param>
/// <param name="TaskArgument"><c>task=argument</c>; false for <c>task=all</c>.</param>
public sealed record ReorderPatches(bool ByExpert = true, bool TaskArgument = false) : Pass
{
    private const int MostTasks = 32; // the bits of a word


    public static readonly PassDef Def = new(
        "reorder-patches", "Chooses whether the rows of a mixture of experts are computed expert by expert or one by one.", a => new ReorderPatches(
            a.Text("order", "expert") switch
            {
                "expert" => true,
                "token" => false,
                var other => throw OperatorException.Invalid($"order is expert or token, not {other}."),
            },
            a.Text("task", "all") switch
            {
                "argument" => true,
                "all" => false,
                var other => throw OperatorException.Invalid($"task is all or argument, not {other}."),
            }));

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

        Graph next = editor.Finish(null, new Identity());
        if (TaskArgument && graph.Outputs.Length > MostTasks)
            context.Diagnostics.Add(Diagnostic.Error("EC2011", context.Model, $"{graph.Outputs.Length} outputs are more tasks than the {MostTasks} a bundle can choose from. Leave {Name}.task out.", exitCode: 2));
        return next.ByTask == TaskArgument ? next : next.With(byTask: TaskArgument);
    }
}
