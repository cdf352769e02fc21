using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>An input of the model, as data has to fill it.</summary>
/// <param name="Limit">Integers of 32 or 64 bits index as many elements; 2 where that is not known.</param>
public sealed record DataInput(string Name, ElementType Element, Shape Shape, int Limit = 2)
{
    /// <summary>The inputs of a graph, in its order.</summary>
    public static IReadOnlyList<DataInput> Of(Graph graph) =>
        [.. graph.Inputs.Select(name => new DataInput(name, graph.TypeOf(name).Element, graph.TypeOf(name).Shape, IndexLimit.Of(graph, name)))];

    /// <summary>For example <c>input f32[1,3,224,224]</c>.</summary>
    public override string ToString() => $"{Name} {Element.Text()}{Shape}";
}
