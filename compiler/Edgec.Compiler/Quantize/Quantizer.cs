using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>
/// Turns a canonical float graph into the typed integer graph of docs/numerics.md: i8 activations (asymmetric, per tensor),
/// i8 weights (symmetric, per channel), i32 biases. Operators without an integer form stay in float between dequantize and
/// quantize, and each is reported by a warning.
/// </summary>
public sealed class Quantizer
{
    private const int BiasInput = 2;

    private readonly Graph graph;
    private readonly GraphEditor editor;
    private readonly ScaleGroups groups;
    private readonly PrecisionAssignment precision;
    private readonly WeightQuantizer weights;
    private readonly Dictionary<Node, QuantizedWeights> quantized = [];
    private readonly Dictionary<string, string> floats = [];
    private readonly Dictionary<string, string> integers = [];

    private Quantizer(Graph graph, IReadOnlyDictionary<string, ValueRange> ranges, PrecisionAssignment precision, WeightQuantizer weights)
    {
        (this.graph, this.precision, this.weights) = (graph, precision, weights);
        editor = new(graph);
        groups = ScaleGroups.Of(graph, ranges, precision.RuleOf);
    }

    /// <summary>Quantizes the layers as a plan says.</summary>
    /// <param name="ranges">The calibrated range of every float activation.</param>
    /// <param name="model">The model's file name, for diagnostics.</param>
    /// <param name="weights">Chooses the integers of weights; null for the nearest.</param>
    /// <exception cref="DiagnosticException">The plan does not fit the graph (EC3031), or asks for what a layer cannot have (EC3033).</exception>
    public static Graph Quantize(
        Graph graph, IReadOnlyDictionary<string, ValueRange> ranges, PrecisionPlan plan, DiagnosticBag bag, string model, WeightQuantizer? weights = null)
    {
        PrecisionAssignment precision = PrecisionAssignment.Of(plan, graph, bag, model);
        precision.Check(graph, bag, model);
        bag.ThrowIfErrors();
        var quantizer = new Quantizer(graph, ranges, precision, weights ?? WeightQuantizer.Nearest);
        quantizer.Inputs();
        foreach (Node node in graph.Nodes)
        {
            if (quantizer.IsInteger(node))
            {
                quantizer.Integer(node);
                continue;
            }

            quantizer.Float(node);
            if (!precision.Of(node).IsFloat && !node.Outputs.All(o => o.Length == 0 || graph.TypeOf(o).Element != ElementType.F32))
                bag.Add(QuantizeDiagnostics.StaysFloat($"{model}({node.Origin} -> {node.Output})", node.Op.Name, quantizer.WhyFloat(node)));
        }

        bag.ThrowIfErrors();
        return quantizer.editor.Finish(Level.Quantized, new Identity());
    }

    private bool IsInteger(Node node)
    {
        if (precision.RuleOf(node) is FloatOnlyRule || graph.TypeOf(node.Output).Element != ElementType.F32)
            return false;
        // A node that only moves bits follows its input: a float value is not quantized just to be moved.
        return precision.RuleOf(node) is not SharedRule
            || node.Inputs.Any(i => i.Length > 0 && integers.ContainsKey(i));
    }

    private string WhyFloat(Node node) => precision.RuleOf(node) is FloatOnlyRule rule
        ? rule.Reason
        : "it only moves what the operator before it gives, which is float";

    private void Inputs()
    {
        foreach (string input in graph.Inputs)
        {
            TensorType type = graph.TypeOf(input);
            if (type.Element == ElementType.F32 && FeedsInteger(input))
            {
                editor.SetType(input, new(ElementType.I8, type.Shape, groups.Of(input)));
                integers[input] = input;
            }
            else
            {
                floats[input] = input;
            }
        }
    }

    // Follows bit-moving operators to see whether an integer kernel reads the value in the end.
    private bool FeedsInteger(string value) => graph.Consumers(value).Any(node => precision.RuleOf(node) switch
    {
        FloatOnlyRule => false,
        SharedRule => FeedsInteger(node.Output) || graph.IsOutput(node.Output),
        _ => true,
    });

    private void Float(Node node)
    {
        editor.Replace(node, node.Op, [.. node.Inputs.Select(i => i.Length == 0 || graph.ConstantOf(i) is not null ? i : InFloat(i, node.Origin))]);
        foreach (string output in node.Outputs.Where(o => o.Length > 0))
            floats[output] = output;
    }

    private void Integer(Node node)
    {
        var op = (Operator)node.Op;
        var inputs = new List<string>();
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            string input = node.Inputs[i];
            if (input.Length == 0)
                inputs.Add("");
            else if (graph.ConstantOf(input) is { } constant)
                inputs.Add(Constant(node, op, i, constant));
            else
                inputs.Add(InInteger(input, node.Origin));
        }

        if (AddsBias(node, op))
        {
            Tensor none = Tensor.Zeros(ElementType.F32, [Weights(node).BiasShift!.Length]);
            inputs = [.. inputs.Take(BiasInput), Bias(node, node.Output + "_bias", none)];
        }

        Shape shape = graph.TypeOf(node.Output).Shape;
        Quantization wanted = groups.Of(node.Output);
        if (op.Quantization is FixedRule rule && Quantization.PerTensor(rule.Scale, rule.Zero) != wanted)
        {
            // %y = softmax(%x)   =>   %y_fixed = softmax(%x); %y = rescale(%y_fixed)
            string own = editor.Add(node.Output + "_fixed", op, [.. inputs], node.Origin,
                new(ElementType.I8, shape, Quantization.PerTensor(rule.Scale, rule.Zero)));
            editor.Replace(node, new Rescale(), [own]);
        }
        else
        {
            editor.Replace(node, op, [.. inputs]);
        }

        editor.SetType(node.Output, new(ElementType.I8, shape, wanted));
        integers[node.Output] = node.Output;
    }

    // A layer without a bias gets one where rounding its weights moved the mean of its results.
    private bool AddsBias(Node node, Operator op) =>
        WeightedLayers.WeightInput(graph, node) is not null && op.RoleOf(BiasInput) is BiasRole && !node.HasInput(BiasInput)
        && Weights(node).BiasShift is not null;

    private string Constant(Node node, Operator op, int input, Tensor constant)
    {
        string name = node.Inputs[input];
        if (constant.Element != ElementType.F32)
            return name;
        switch (op.RoleOf(input))
        {
            case WeightRole:
                {
                    QuantizedWeights weights = Weights(node);
                    return editor.AddConstant($"{name}_{weights.Integers.Element.Text()}", weights.Integers, weights.Quantization);
                }

            case BiasRole:
                return Bias(node, name + "_i32", constant);

            case ActivationRole:
                {
                    Quantization quantization = op.Quantization is SharedRule ? groups.Of(node.Output) : Scales.Activation(Scales.RangeOf(constant));
                    return editor.AddConstant(name + "_i8", Scales.ToI8(constant, quantization), quantization);
                }

            default:
                return name;
        }
    }

    private string Bias(Node node, string name, Tensor bias)
    {
        QuantizedWeights weights = Weights(node);
        if (weights.BiasShift is { } shift)
            bias = Tensor.Of<float>(bias.Shape, [.. shift.Select((value, i) => bias.Span<float>()[i] + value)]);
        (Tensor values, Quantization quantization) = Scales.Bias(bias, InputScale(node), weights.Quantization);
        return editor.AddConstant(name, values, quantization);
    }

    private QuantizedWeights Weights(Node node)
    {
        if (quantized.TryGetValue(node, out QuantizedWeights? known))
            return known;
        var op = (Operator)node.Op;
        int input = WeightedLayers.WeightInput(graph, node) ?? throw new InvalidOperationException($"{node}: a bias needs constant weights");
        int axis = ((WeightRole)op.RoleOf(input)).Axis;
        Tensor values = graph.ConstantOf(node.Inputs[input])!;
        Tensor? bias = Enumerable.Range(0, node.Inputs.Length).Where(i => node.HasInput(i) && op.RoleOf(i) is BiasRole)
            .Select(i => graph.ConstantOf(node.Inputs[i])).FirstOrDefault();
        double[] least = Scales.LeastOfWeights(values.Shape[axis], InputScale(node), groups.Of(node.Output).Scale, bias);
        return quantized[node] = weights.Quantize(graph, node, values, axis, precision.Of(node), least);
    }

    private double InputScale(Node node) => groups.Of(node.Inputs[0]).Scale;

    private string InInteger(string value, Origin origin)
    {
        if (integers.TryGetValue(value, out string? name))
            return name;
        var type = new TensorType(ElementType.I8, graph.TypeOf(value).Shape, groups.Of(value));
        return integers[value] = editor.Add(value + "_i8", new Ops.Quantize(), [floats[value]], origin, type);
    }

    private string InFloat(string value, Origin origin)
    {
        if (floats.TryGetValue(value, out string? name))
            return name;
        return floats[value] = editor.Add(value + "_f32", new Dequantize(), [integers[value]], origin, TensorType.F32(graph.TypeOf(value).Shape));
    }
}
