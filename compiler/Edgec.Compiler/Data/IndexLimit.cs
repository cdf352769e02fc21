using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>How many elements the indices that a model takes as an input choose from, by the operators that read them.</summary>
internal static class IndexLimit
{
    private const int Unknown = 2;

    /// <summary>The least extent that every index is in range of; 2 where no operator tells.</summary>
    public static int Of(Graph graph, string input) =>
        graph.TypeOf(input).Element is ElementType.I32 or ElementType.I64 ? Least(graph, input) ?? Unknown : Unknown;

    private static int? Least(Graph graph, string value) => graph.Consumers(value).Select(reader => OfReader(graph, reader, value)).Min();

    // Tuples and whatever moves the indices are followed as one number.
    private static int? OfReader(Graph graph, Node reader, string value)
    {
        bool isIndex = reader.Inputs.Length > 1 && reader.Inputs[1] == value;
        Shape data = graph.TypeOf(reader.Inputs[0]).Shape;
        return reader.Op switch
        {
            Gather op when isIndex => data[Extents.Axis(op.Axis, data.Rank)],
            GatherElements op when isIndex => data[Extents.Axis(op.Axis, data.Rank)],
            ScatterElements op when isIndex => data[Extents.Axis(op.Axis, data.Rank)],
            GatherND op when isIndex => data.Skip(op.BatchAxes).Take(graph.TypeOf(value).Shape[^1]).Select(extent => (int?)extent).Min(),
            ScatterND when isIndex => data.Take(graph.TypeOf(value).Shape[^1]).Select(extent => (int?)extent).Min(),
            Operator { Quantization: SharedRule } when reader.Outputs.Length == 1 => Least(graph, reader.Output),
            _ => null,
        };
    }
}
