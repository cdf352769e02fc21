using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// In integer networks whose tensors are declared float, says of weights and inputs that they are integers: what a
/// requantization stated in integers finishes was summed up from such. The model does not say whether its inputs have a
/// sign: they are taken as u8, or with the option <c>signed</c> as i8.
/// <code>
///   %c = conv(%x, #w)                       %q = fake-quantize(%x) {scale=[1.0], lo=0, hi=255}
///   %y = requantize(%c, #m, #a)      =>     %v = dequantize-linear(#w_i8, 1.0, 0)
///                                           %c = conv(%q, %v)
///                                           %y = requantize(%c, #m, #a)
/// </code>
/// </summary>
public sealed record StateIntegers(bool Signed = false) : Pass
{
    public static readonly PassDef Def = new(
        "state-integers", "Says of weights and inputs of integer networks declared float that they are integers.",
        a => new StateIntegers(a.Flag("signed")));

    public override string Name => "state-integers";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        HashSet<Node> sums = [.. graph.Nodes.Where(node => node.Op is Requantize).SelectMany(node => Summed(graph, node))];
        if (sums.Count == 0 && !graph.Nodes.Any(node => node.Op is Requantize))
            return graph;
        var editor = new GraphEditor(graph);
        var integers = graph.Inputs.Where(input => graph.TypeOf(input).Element.IsFloat() && !IsStated(graph, input) && FeedsIntegers(graph, input, sums))
            .ToDictionary(input => input, input => StateInput(editor, context, input));
        foreach (Node node in graph.Nodes)
        {
            bool weighted = node.Op is Conv or MatMul && sums.Contains(node);
            ImmutableArray<string> inputs =
                [.. node.Inputs.Select((input, i) => i == 1 && weighted ? Stated(editor, node, input) : integers.GetValueOrDefault(input, input))];
            if (inputs.AsSpan().SequenceEqual(node.Inputs.AsSpan()))
                editor.Keep(node);
            else
                editor.Replace(node, node.Op, inputs);
        }

        return editor.Finish(null, new Identity());
    }

    // The operators whose exact sums a requantization takes, biases added behind them included.
    private static IEnumerable<Node> Summed(Graph graph, Node requantize)
    {
        for (Node? node = graph.Producer(requantize.Inputs[0]); node is not null; node = Before(graph, node))
        {
            if (((Operator)node.Op).HasExactSums)
                yield return node;
        }
    }

    private static Node? Before(Graph graph, Node node) => node switch
    {
        { Op: Binary, Inputs: [var a, var b] } when graph.ConstantOf(b) is not null => graph.Producer(a),
        { Op: Binary, Inputs: [var a, var b] } when graph.ConstantOf(a) is not null => graph.Producer(b),
        { Op: Reshape or Transpose } => graph.Producer(node.Inputs[0]),
        _ => null,
    };

    private static bool FeedsIntegers(Graph graph, string value, HashSet<Node> sums) => graph.Consumers(value).Any(node =>
        sums.Contains(node) || node.Op is Requantize
        || (node.Op is Operator { Quantization: SharedRule } && node.Outputs.Length == 1 && FeedsIntegers(graph, node.Output, sums)));

    private static bool IsStated(Graph graph, string input) => graph.Consumers(input).All(node => node.Op is FakeQuantize);

    private string StateInput(GraphEditor editor, PassContext context, string input)
    {
        (int lo, int hi) = (Signed ? ElementType.I8 : ElementType.U8).Range();
        var stated = new FakeQuantize(Quantization.PerTensor(1, 0), lo, hi);
        string value = editor.Add($"{input}_integers", stated, [input], Origin.Of(input), editor.TypeOf(input));
        context.Diagnostics.Add(Diagnostic.Note(
            "EC2201", $"{context.Model}({input})", $"The network computes on integers and does not say which its input holds: {lo} to {hi} are taken. For the others, --set {Name}.signed={(Signed ? 0 : 1)}."));
        return value;
    }

    // The weights as stated integers; as they are if they are none that i8 holds, which is reported where they are used.
    private static string Stated(GraphEditor editor, Node node, string name)
    {
        if (editor.ConstantOf(name) is not { } weights || !weights.Element.IsFloat())
            return name;
        var integers = new sbyte[weights.Count];
        for (int i = 0; i < integers.Length; i++)
        {
            double value = weights.Number(i);
            if (value != Math.Floor(value) || value is < sbyte.MinValue or > sbyte.MaxValue)
                return name;
            integers[i] = (sbyte)value;
        }

        ImmutableArray<string> inputs =
        [
            editor.AddConstant($"{name}_integers", Tensor.Of(weights.Shape, integers)),
            editor.AddConstant($"{name}_scale", Tensor.Scalar(1f)),
            editor.AddConstant($"{name}_zero", Tensor.Scalar((sbyte)0)),
        ];
        return editor.Add($"{name}_stated", new DequantizeLinear(), inputs, node.Origin, editor.TypeOf(name));
    }
}
