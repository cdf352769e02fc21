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

    /// <summary>The value itself and all it is moved from, nearest first.</summary>
    public static IEnumerable<ElementMap> Of(Graph graph, string value)
    {
        var moves = new Stack<Node>();
        for (string source = value; ;)
        {
            Shape shape = graph.TypeOf(source).Shape;
            Node[] behind = [.. moves];
            yield return new(source, () => Moved(shape, behind));
            if (graph.Producer(source) is not { Op: Reshape or Transpose or Expand or Slice or Identity, Inputs: [var input] } move)
                yield break;
            moves.Push(move);
            source = input;
        }
    }

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

    private static Tensor Moved(Shape source, Node[] moves)
    {
        Tensor moved = Tensor.Of<int>(source, [.. Enumerable.Range(0, (int)source.ElementCount)]);
        foreach (Node move in moves)
            moved = ((Operator)move.Op).Evaluate(new([moved], 1))[0];
        return moved;
    }
}
