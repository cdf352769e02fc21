using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes.Moe;

/// <summary>
/// Which element of a source each element of a value is, where nothing but moves lies between. So reshapes and transposes may stand
/// wherever an exporter puts them: what counts is where elements end up.
/// </summary>
internal sealed class ElementMap
{
    private readonly Lazy<Tensor> map;

    public ElementMap(string source, Tensor map) => (Source, this.map) = (source, new(map));

    private ElementMap(string source, Func<Tensor> map) => (Source, this.map) = (source, new(map));

    public string Source { get; }

    /// <summary>Of the value's shape: flat indices into the source.</summary>
    public Tensor Map => map.Value;

    /// <summary>True if the value has the elements of its source in their order, each once.</summary>
    public bool IsCount => Enumerable.Range(0, Map.Count).All(i => Map.Integer(i) == i);

    /// <summary>The value itself and all it is moved from, nearest first.</summary>
    public static IEnumerable<ElementMap> Of(Graph graph, string value)
    {
        var moves = new Stack<Node>();
        for (string source = value; ;)
        {
            Shape shape = graph.TypeOf(source).Shape;
            Node[] behind = [.. moves];
            yield return new(source, () => Moved(graph, shape, behind));
            if (graph.Producer(source) is not { } move || !IsMove(graph, move))
                yield break;
            moves.Push(move);
            source = move.Inputs[0];
        }
    }

    /// <summary>True if two values have the same elements of one source in the same order.</summary>
    public static bool AreSame(Graph graph, string a, string b)
    {
        if (a == b)
            return true;
        ElementMap first = Of(graph, a).Last(), second = Of(graph, b).Last();
        return first.Source == second.Source && first.Map.Bytes.SequenceEqual(second.Map.Bytes);
    }

    /// <summary>True for a node whose result has elements of its first operand at places that are known.</summary>
    public static bool IsMove(Graph graph, Node node) =>
        node.Op is Reshape or Transpose or Expand or Slice or Identity or Gather or GatherElements or GatherND && node.Inputs.Skip(1).All(input => graph.ConstantOf(input) is not null);

    /// <summary>What a move makes of another value of its first operand's shape.</summary>
    public static Tensor Move(Graph graph, Node move, Tensor value) =>
        ((Operator)move.Op).Evaluate(new([value, .. move.Inputs.Skip(1).Select(graph.ConstantOf)], 1))[0];

    /// <summary>True if the value, broadcast over <paramref name="full"/> but for axes where it has one element, has the elements wanted.</summary>
    /// <param name="expertAxis">Of <paramref name="full"/>.</param>
    /// <param name="wanted">From the row (all axes but the expert axis and the last), the expert, and the place along the last axis.</param>
    public bool Is(Shape full, int expertAxis, Func<int, int, int, long> wanted)
    {
        if (Map.Shape.Rank > full.Rank || Map.Shape.Rank == 0)
            return false;
        Shape target = full.With(full.Rank - 1, Map.Shape[^1]);
        if (!Broadcasts(Map.Shape, target))
            return false;
        Tensor all = new Expand([.. target]).Evaluate(new([Map], 1))[0];
        int experts = target[expertAxis], inner = target.Product(expertAxis + 1, target.Rank - 1), width = target[^1], at = 0;
        for (int outer = 0; outer < target.Product(0, expertAxis); outer++)
        {
            for (int e = 0; e < experts; e++)
            {
                for (int i = 0; i < inner * width; i++)
                {
                    if (all.Integer(at++) != wanted(outer * inner + i / width, e, i % width))
                        return false;
                }
            }
        }

        return true;
    }

    private static bool Broadcasts(Shape from, Shape to)
    {
        for (int i = 1; i <= from.Rank; i++)
        {
            if (from[^i] != 1 && from[^i] != to[^i])
                return false;
        }

        return true;
    }

    private static Tensor Moved(Graph graph, Shape source, Node[] moves)
    {
        Tensor moved = Tensor.Of<int>(source, [.. Enumerable.Range(0, (int)source.ElementCount)]);
        foreach (Node move in moves)
            moved = Move(graph, move, moved);
        return moved;
    }
}
