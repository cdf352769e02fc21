using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>An input of the model, as data has to fill it.</summary>
public sealed record DataInput(string Name, ElementType Element, Shape Shape)
{
    /// <summary>The inputs of a graph, in its order.</summary>
    public static IReadOnlyList<DataInput> Of(Graph graph) =>
        [.. graph.Inputs.Select(name => new DataInput(name, graph.TypeOf(name).Element, graph.TypeOf(name).Shape))];

    /// <summary>For example <c>input f32[1,3,224,224]</c>.</summary>
    public override string ToString() => $"{Name} {Element.Text()}{Shape}";
}
