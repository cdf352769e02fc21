using System.Text;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ir.Text;

/// <summary>
/// The text form of a graph, one operation a line. <see cref="GraphParser"/> reads it back to an equal graph.
/// <code>
///   graph @lenet canonical
///     input %x : f32[1,1,28,28]
///     %c1 = conv(%x, #w1, #b1) {pads=[1,1,1,1]} : f32[1,8,28,28] ; Conv_0
///     output %c1
///     const #w1 : f32[8,1,3,3] = random(7)
/// </code>
/// </summary>
public static class GraphPrinter
{
    /// <summary>With a side file, constants of more elements than this go there.</summary>
    private const int Inline = 16;

    /// <param name="weights">Where larger constants go; without one every element is printed.</param>
    public static string Print(Graph graph, WeightWriter? weights = null)
    {
        string heading = weights is null ? "" : $"  weights \"{weights.Name}\"\n";
        return Print(graph, heading, tensor => Data(tensor, weights));
    }

    /// <summary>The same without the elements of larger constants, for reading only.</summary>
    public static string Outline(Graph graph) =>
        Print(graph, "", tensor => tensor.Count > Inline && Short(tensor) is null ? "..." : Data(tensor, null));

    /// <summary>A type as graphs print it: <c>f32[1,8]</c>, <c>i8[1,8]&lt;scale=0.1,zero=-3></c>.</summary>
    public static string Type(TensorType type) => type.ToString() + (type.Quantization is { } q ? Scales(q) : "");

    private static string Print(Graph graph, string heading, Func<Tensor, string> data)
    {
        string rounding = graph.Rounding == RoundingProfile.Single ? "" : $" rounding={graph.Rounding.Text()}";
        var text = new StringBuilder($"graph @{LineGrammar.Quote(graph.Name)} {graph.Level.ToString().ToLowerInvariant()}{rounding}{(graph.ByTask ? " outputs=by-task" : "")}\n{heading}");
        foreach (string input in graph.Inputs)
            text.Append($"  input {Value(graph, input)} : {Type(graph.TypeOf(input))}\n");
        foreach (Node node in graph.Nodes)
            text.Append("  ").Append(Line(graph, node, data)).Append('\n');
        foreach (string output in graph.Outputs)
            text.Append($"  output {Value(graph, output)}\n");
        foreach (string constant in ConstantOrder(graph))
            text.Append($"  const {Value(graph, constant)} : {Type(graph.TypeOf(constant))} = {data(graph.Constants[constant])}\n");
        return text.ToString();
    }

    private static string Line(Graph graph, Node node, Func<Tensor, string> data)
    {
        string results = string.Join(", ", node.Outputs.Select(output => Value(graph, output)));
        string operands = string.Join(", ", node.Inputs.Select(input => Value(graph, input)));
        string[] attributes = [.. ((Operator)node.Op).Attributes.Select(a => $"{a.Name}={Attribute(a.Value, data)}")];
        string braces = attributes.Length == 0 ? "" : $" {{{string.Join(", ", attributes)}}}";
        string types = node.Outputs.Any(graph.Types.ContainsKey)
            ? " : " + string.Join(", ", node.Outputs.Select(o => graph.Types.TryGetValue(o, out TensorType? type) ? Type(type) : "?"))
            : "";
        string origin = node.Origin.Nodes.Length == 0 ? "" : " ; " + string.Join(", ", node.Origin.Nodes.Select(LineGrammar.Quote));
        return $"{results} = {node.Op.Name}({operands}){braces}{types}{origin}";
    }

    private static string Value(Graph graph, string name) =>
        name.Length == 0 ? "_" : (graph.Constants.ContainsKey(name) ? '#' : '%') + LineGrammar.Quote(name);

    private static string Attribute(AttributeValue value, Func<Tensor, string> data) => value switch
    {
        IntegerValue v => v.Value.ToString(),
        FloatValue v => ConstantText.Float(v.Value),
        TextValue v => Quoted(v.Value),
        IntegersValue v => $"[{string.Join(',', v.Values)}]",
        FloatsValue v => $"[{string.Join(',', v.Values.Select(ConstantText.Float))}]",
        TextsValue v => $"[{string.Join(',', v.Values.Select(Quoted))}]",
        TensorValue v => $"{v.Value} = {data(v.Value)}",
        _ => throw new ArgumentException($"no text form for {value.GetType().Name}"),
    };

    private static string Quoted(string text) => LineGrammar.Quote(text) is ['"', ..] quoted ? quoted : $"\"{text}\"";

    private static string Scales(Quantization q)
    {
        string axis = q.Axis < 0 ? "" : $"axis={q.Axis},";
        string zero = q.Zeros.All(z => z == 0) ? "" : $",zero={OneOrList(q.Axis, q.Zeros.Select(z => z.ToString()))}";
        string groups = q.Groups is { } g ? $",group={g.Size},multipliers=[{string.Join(',', g.Multipliers)}]" : "";
        return $"<{axis}scale={OneOrList(q.Axis, q.Scales.Select(ConstantText.Double))}{zero}{groups}>";
    }

    private static string OneOrList(int axis, IEnumerable<string> items) =>
        axis < 0 ? items.First() : $"[{string.Join(',', items)}]";

    private static string Data(Tensor tensor, WeightWriter? weights) => Short(tensor)
        ?? (weights is null || tensor.Count <= Inline ? ConstantText.List(tensor) : $"file({weights.Add(tensor)})");

    private static string? Short(Tensor tensor) =>
        ConstantText.IsSplat(tensor) ? $"splat({ConstantText.Element(tensor, 0)})"
        : ConstantText.SeedOf(tensor) is { } seed ? $"random({seed})"
        : null;

    // In the order of first use, so that a graph prints the same whatever its dictionaries hold first.
    private static IEnumerable<string> ConstantOrder(Graph graph) =>
        graph.Nodes.SelectMany(node => node.Inputs).Concat(graph.Outputs).Where(graph.Constants.ContainsKey)
            .Concat(graph.Constants.Keys.Order(StringComparer.Ordinal)).Distinct();
}
