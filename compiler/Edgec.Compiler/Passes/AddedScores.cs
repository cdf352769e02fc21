using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>What is added to the scores of attention: a mask, a bias, relative positions.</summary>
/// <param name="Value">It, a constant or an activation.</param>
/// <param name="Factor">Its own; negative where it is subtracted.</param>
/// <param name="Repeat">Neighbouring matrices of scores that get the same numbers.</param>
/// <param name="Shape">[Count, Rows or 1, Columns]: it with all but its last two axes in one.</param>
internal sealed record AddedScores(string Value, double Factor, int Repeat, Shape Shape)
{
    /// <summary>The scores that a node adds something to, and what.</summary>
    /// <param name="factor">What the sum is multiplied by later.</param>
    /// <param name="missed">Why it is none of this kind, if it adds.</param>
    public static (string Scores, AddedScores Added)? Of(Graph graph, Node node, double factor, out string? missed)
    {
        missed = null;
        if (node.Op is not Binary { Function: BinaryFunction.Add or BinaryFunction.Subtract, Activation.IsNone: true, Axis: null } binary)
            return null;
        bool subtracts = binary.Function == BinaryFunction.Subtract;
        int at = IsAdded(graph, node.Inputs[0]) && !IsAdded(graph, node.Inputs[1]) ? 1 : 0;
        string scores = node.Inputs[at], added = node.Inputs[1 - at];
        if (subtracts && at == 1)
        {
            missed = $"sub {node.Output} takes the scores from {added}";
            return null;
        }

        Shape shape = graph.TypeOf(scores).Shape, own = graph.TypeOf(added).Shape;
        if (shape != graph.TypeOf(node.Output).Shape)
        {
            missed = $"{added} {own} in add {node.Output} has more matrices than the scores {shape}";
            return null;
        }

        if (shape.Rank < 2 || own.Rank == 0 || own[^1] != shape[^1] || Block(shape, own) is not var (count, repeat))
        {
            missed = $"{added} {own} in {node.Op.Name} {node.Output} is not repeated over the scores {shape} in one way";
            return null;
        }

        return (scores, new(added, subtracts ? -factor : factor, repeat, [count, own.Rank > 1 ? own[^2] : 1, own[^1]]));
    }

    // Which operand is no score: a constant, or what no product is near to.
    private static bool IsAdded(Graph graph, string value)
    {
        if (graph.ConstantOf(value) is not null)
            return true;
        while (graph.Producer(value) is { } node)
        {
            if (AttentionPattern.IsProduct(graph, node))
                return false;
            if (node.Op is not (Binary or Reshape or Rescale) || node.Inputs.FirstOrDefault(input => graph.ConstantOf(input) is null) is not { } next)
                return true;
            value = next;
        }

        return true;
    }

    // Matrices of its own lie along neighbouring axes; before them they are taken again from the first, behind them each is repeated.
    private static (int Count, int Repeat)? Block(Shape scores, Shape own)
    {
        int lead = scores.Rank - own.Rank, count = 1, repeat = 1;
        bool ended = false;
        for (int axis = scores.Rank - 3; axis >= 0; axis--)
        {
            if (scores[axis] == 1)
                continue;
            bool varies = axis >= lead && own[axis - lead] != 1;
            if (varies && ended)
                return null;
            if (varies)
                count *= scores[axis];
            else if (count == 1)
                repeat *= scores[axis];
            else
                ended = true;
        }

        return own.Rank > 1 && own[^2] != 1 && own[^2] != scores[^2] ? null : count == 1 ? (1, 1) : (count, repeat);
    }
}
