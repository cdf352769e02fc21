using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Says how many queries of fused attention are in flight on an FPGA, where keys and values are streamed to all of them, in an order that loads one
/// a step (Edge-MoE, attention reordering). Keys are then loaded once for so many queries instead of once for each. No result depends on it.
/// <code>
///   %y = attention(%q, %k, %v)   =>   %y = attention(%q, %k, %v) {parallel=4}
/// </code>
/// C makes the scores of EDGEC_QUERIES_I8 queries together, whatever this says: there a cache holds the keys, and what counts is the block
/// of its matrix product.
/// </summary>
/// <param name="Parallel">At most <see cref="Most"/>; 0 leaves it to the planner.</param>
public sealed record ReorderAttention(int Parallel = 0) : Pass
{
    /// <summary>More than this take more multipliers than any device here has.</summary>
    public const int Most = 64;

    public static readonly PassDef Def = new(
        "reorder-attention", "Says how many queries of attention are in flight on an FPGA; keys are loaded once for all of them.", a =>
            a.Int("parallel", 0) is >= 0 and <= Most and var parallel ? new ReorderAttention(parallel) : throw OperatorException.Invalid($"parallel is a number of queries, at most {Most}; 0 lets the planner choose."));

    public override string Name => "reorder-attention";

    public override Level Accepts => Level.Quantized;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (Parallel > 0 && node.Op is Attention attention && attention.Parallel != Parallel)
                editor.Replace(node, attention with { Parallel = Parallel }, node.Inputs, node.Origin);
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }
}
