using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Passes.Moe;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Finds mixtures of experts in the operators they are exported as, and computes the chosen experts only.
/// <code>
///   %m = scatter-elements(#zeros, %i, %s)         %h = expert-matmul(%x, #w1, #b1, %i)
///   %h = add(matmul(%x, #w1), #b1)                %g = gelu(%h)
///   %g = gelu(%h)                           =>    %y = expert-matmul(%g, #w2, #b2, %i)
///   %y = add(matmul(%g, #w2), #b2)                %o = matmul(%s, %y)
///   %o = reduce-sum(mul(%y, %m))
/// </code>
/// Likewise where the products are those of Einsum (<see cref="EinsumMixture"/>), where each expert has nodes of its own
/// (<see cref="UnrolledMixture"/>), perhaps for rows that are selected (<see cref="BoundSelections"/>), and where weights are copied for each row (<see cref="GatheredMixture"/>). What is one but for some one thing is left alone, and a note says what differs (EC2006).
/// </summary>
public sealed record RecognizeMoe : Pass
{
    public static readonly PassDef Def = new(
        "recognize-moe", "Finds mixtures of experts in the operators they are exported as.", _ => new RecognizeMoe());

    public override string Name => "recognize-moe";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        var constants = new ConstantPool(editor);
        bool nearly = false;
        foreach (Node node in graph.Nodes)
        {
            (Finding? finding, ImmutableArray<string> others) = (null, []);
            if (!context.Try(node, () => (finding, others) = Find(graph, node)))
                return graph;
            nearly |= finding is Difference;
            if (finding is Difference difference)
                context.NoteNearMiss(node, "a mixture of experts", difference.What);
            if (finding is Mixture mixture)
                Replace(editor, node, mixture, others, constants);
            else
                editor.Keep(node);
        }

        Graph next = editor.Finish(null, new Identity());
        foreach (Node node in next.Nodes.Where(node => GatheredMixture.Copies(next, node)))
            context.NoteNearMiss(node, "a mixture of experts", "weights are copied for each row and no sum of its results, each times its score, follows");
        foreach (Node node in next.Nodes.Where(node => !nearly && ChosenRows.Masks(next, node)).Take(1))
            context.NoteNearMiss(node, "a mixture of experts", $"{node.Output} holds results of one expert, not times their scores, or no others of the same indices are added to them");
        return next;
    }

    private static (Finding?, ImmutableArray<string>) Find(Graph graph, Node node) => graph.TypeOf(node.Output).Shape.ElementCount == 0 ? (null, []) : node.Op switch
    {
        Binary { Function: BinaryFunction.Multiply } => (GatheredMixture.Find(graph, node), []),
        MatMul => (GatheredMixture.Find(graph, node) ?? EinsumMixture.Find(graph, node), []),
        Reduce => (GatheredMixture.Find(graph, node) ?? DenseMixture.Find(graph, node), []),
        Binary { Function: BinaryFunction.Add } => UnrolledMixture.Find(graph, node) ?? (null, []),
        _ => (null, []),
    };

    private static void Replace(GraphEditor editor, Node node, Mixture mixture, ImmutableArray<string> others, ConstantPool constants)
    {
        TensorType type = editor.TypeOf(node.Output);
        string value = mixture.Emit(editor, node.Output, constants);
        if (others.IsEmpty && editor.TypeOf(value) == type)
        {
            editor.Rename(node.Output, value);
            return;
        }

        if (others.IsEmpty)
        {
            editor.Replace(node, Reshape.To(type.Shape), [value], mixture.Origin);
            return;
        }

        value = editor.Add($"{node.Output}_experts", Reshape.To(type.Shape), [value], mixture.Origin, type);
        var sum = new Binary(BinaryFunction.Add, Activation.None);
        foreach (string other in others.SkipLast(1))
            value = editor.Add($"{node.Output}_sum", sum, [other, value], node.Origin, type);
        editor.Replace(node, sum, [others[^1], value]);
    }
}
