using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Moves between an operator and something that could become part of it, each value read by the next only: reshapes,
/// slices, pixel shuffles. What is fused goes before them, and they are done again on the result.
/// </summary>
/// <param name="Start">The operator they begin at.</param>
/// <param name="Moves">From there on.</param>
internal sealed record MoveChain(Node Start, ImmutableArray<Node> Moves)
{
    /// <summary>The chain that ends in a value of the old graph, null if anything else reads of it on the way.</summary>
    /// <param name="passes">True for moves that may stand in the chain.</param>
    public static MoveChain? Behind(GraphEditor editor, string value, Func<Node, bool> passes)
    {
        if (!editor.Old.HasSingleUse(value))
            return null;
        var moves = ImmutableArray.CreateBuilder<Node>();
        Node? node = editor.Producer(value);
        while (node is { Inputs: [var source], Outputs.Length: 1 } && passes(node))
        {
            // Values made by the pass that runs have one reader by construction.
            if (editor.Old.Types.ContainsKey(source) && !editor.Old.HasSingleUse(source))
                return null;
            moves.Insert(0, node);
            node = editor.Producer(source);
        }

        return node is null ? null : new(node, moves.ToImmutable());
    }

    /// <summary>
    /// Puts another operator in the place of the first one, with what was fused into it, and does the moves on its result.
    /// </summary>
    /// <param name="fused">The node that becomes part of it; later readers of its output read the end of the chain.</param>
    public void Emit(GraphEditor editor, Node fused, Operator op, ImmutableArray<string> inputs)
    {
        Origin origin = Start.Origin.Union(fused.Origin);
        string value = editor.Add(Moves.Length == 0 ? fused.Output : Start.Output, op, inputs, origin, editor.TypeOf(Start.Output));
        for (int i = 0; i < Moves.Length; i++)
        {
            string hint = i == Moves.Length - 1 ? fused.Output : Moves[i].Output;
            value = editor.Add(hint, (Operator)Moves[i].Op, [value], Moves[i].Origin, editor.TypeOf(Moves[i].Output));
        }

        editor.Rename(fused.Output, value);
    }
}
