using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Computes nodes whose inputs are all constant.
/// <code>
///   %t = transpose(#w) {perm=[1,0]}    =>    #t
/// </code>
/// Scales of a quantized model stay: see <see cref="Operator.Folds"/>.
/// </summary>
/// <param name="Limit">Elements a result may have if it has more than the inputs together: an Expand of a scalar to an
/// image is cheaper computed than stored.</param>
public sealed record FoldConstants(int Limit = FoldConstants.DefaultLimit) : Pass
{
    public const int DefaultLimit = 1 << 16;

    public static readonly PassDef Def = new(
        "fold-constants", "Computes nodes whose inputs are all constant.", a => new FoldConstants(a.Int("limit", DefaultLimit)));

    public override string Name => "fold-constants";

    public override Level Accepts => Level.Imported;

    public override Level AcceptsUpTo => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            ImmutableArray<Tensor>? values = null;
            if (node.Outputs.All(o => o.Length == 0 || graph.Types.ContainsKey(o)))
                context.Try(node, () => values = Value(editor, node));
            if (values is { } known)
                ConstantEvaluation.SetConstants(editor, node, known);
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private ImmutableArray<Tensor>? Value(GraphEditor editor, Node node)
    {
        InferContext known = ConstantEvaluation.ContextOf(editor, node);
        return ConstantEvaluation.Evaluate(node, known, ((Operator)node.Op).Infer(known), Limit);
    }
}
