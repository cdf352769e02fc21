using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Export;

/// <summary>
/// A quantized graph as the float graph that states all of its integers: every value is rounded to its scale by a <see cref="FakeQuantize"/>,
/// weights and biases are dequantized constants. Quantizing that graph again gives the same integers.
/// <code>
///   %y = conv(%x, #w_i8, #b_i32) : i8     =>    %w = dequantize-linear(#w_i8, #scales);  %b = dequantize-linear(#b_i32, #scales)
///                                               %y_real = conv(%x, %w, %b)
///                                               %y = fake-quantize(%y_real)
/// </code>
/// </summary>
public sealed class StatedGraph
{
    private readonly Graph typed;
    private readonly Graph canonical;
    private readonly List<Node> nodes = [];
    private readonly ImmutableDictionary<string, Tensor>.Builder constants = ImmutableDictionary.CreateBuilder<string, Tensor>();
    private readonly ImmutableDictionary<string, TensorType>.Builder types = ImmutableDictionary.CreateBuilder<string, TensorType>();
    private readonly HashSet<string> names;
    private readonly Dictionary<string, string> reals = []; // values of the typed graph as real numbers
    private readonly DiagnosticBag bag;
    private readonly string model;

    private StatedGraph(Graph typed, Graph canonical, DiagnosticBag bag, string model)
    {
        (this.typed, this.canonical, this.bag, this.model) = (typed, canonical, bag, model);
        names = [.. typed.Types.Keys];
    }

    /// <param name="typed">Quantized, or canonical, which then is copied as it is.</param>
    /// <param name="canonical">The float graph it was made from: inputs and outputs keep the types they have there.</param>
    /// <param name="bag">Gets an error for each layer that no float operator stands for (EC5201).</param>
    public static Graph Of(Graph typed, Graph canonical, DiagnosticBag bag, string model)
    {
        if (typed.Level != Level.Quantized)
            return typed;
        var stated = new StatedGraph(typed, canonical, bag, model);
        foreach (string input in typed.Inputs)
            stated.Input(input);
        foreach (Node node in typed.Nodes)
            stated.Visit(node);
        ImmutableArray<string> outputs = [.. typed.Outputs.Select(stated.Output)];
        return new(typed.Name, Level.Canonical, typed.Inputs, outputs, [.. stated.nodes], stated.constants.ToImmutable(), stated.types.ToImmutable());
    }

    private void Input(string input)
    {
        TensorType type = canonical.TypeOf(input);
        types[input] = type;
        if (typed.TypeOf(input).Quantization is not { } quantization)
            reals[input] = input;
        else if (type.Element.IsFloat())
            reals[input] = Rounded(Fresh($"{input}_rounded"), input, typed.TypeOf(input), Origin.Of(input));
        else
            reals[input] = Dequantized(input, type, Unmoved(quantization, type.Element), Origin.Of(input));
    }

    private string Output(string output)
    {
        if (typed.Inputs.Contains(output))
            return output;
        TensorType type = canonical.TypeOf(output);
        if (type.Element is ElementType.I8 or ElementType.U8 or ElementType.I16 && typed.TypeOf(output).Quantization is { } quantization)
        {
            Quantization own = Unmoved(quantization, type.Element);
            string integers = Fresh(output);
            ImmutableArray<string> inputs = [Real(output), Constant("scale", Tensor.Scalar((float)own.Scale)), Constant("zero", Zeros(own, type.Element))];
            Add(new QuantizeLinear(), inputs, integers, typed.Producer(output)?.Origin ?? Origin.None, type);
            Rename(integers, output);
            return output;
        }

        string real = Real(output);
        if (real != output)
            Add(new Identity(), [real], output, typed.Producer(output)?.Origin ?? Origin.None, types[real]);
        return output;
    }

    private void Visit(Node node)
    {
        var op = (Operator)node.Op;
        if (op is SumFinisher || node.Outputs.Any(o => o.Length > 0 && typed.TypeOf(o) is { Element: ElementType.I32, Quantization: not null }))
        {
            // The sum is not told of by itself: who finishes it is.
            if (op is SumFinisher)
                bag.Add(ExportDiagnostics.NoForm($"{model}({node.Origin} -> {node.Output})", op.Name, "ONNX", "it takes integer sums to integers as the model states in numbers of its own. Convert the model it came from with another tool"));
            foreach (string output in node.Outputs.Where(o => o.Length > 0))
                types[output] = TensorType.F32(typed.TypeOf(output).Shape);
            return;
        }

        ImmutableArray<string> inputs = [.. node.Inputs.Select(input => input.Length == 0 ? "" : Real(input))];
        switch (op)
        {
            case Ops.Quantize:
                Round(node, inputs[0]);
                break;
            case Dequantize:
                reals[node.Output] = inputs[0];
                break;
            case Rescale { Activation.IsNone: true }:
                Round(node, inputs[0]);
                break;
            case Rescale { Activation: var clamp }:
                string clamped = Fresh($"{node.Output}_real");
                Add(new Unary(UnaryFunction.Clip, clamp.Lo, clamp.Hi), inputs, clamped, node.Origin, types[inputs[0]]);
                Round(node, clamped);
                break;
            default:
                Compute(node, op, inputs);
                break;
        }
    }

    private void Compute(Node node, Operator op, ImmutableArray<string> inputs)
    {
        // What only changes places of numbers leaves them rounded.
        bool rounds = op is not (Reshape or Transpose or Identity);
        ImmutableArray<string> outputs =
            [.. node.Outputs.Select(o => o.Length > 0 && rounds && typed.TypeOf(o).Quantization is not null ? Fresh($"{o}_real") : o)];
        nodes.Add(new(outputs[0], op, inputs, outputs, node.Origin));
        for (int i = 0; i < outputs.Length; i++)
        {
            string value = node.Outputs[i];
            if (value.Length == 0)
                continue;
            TensorType type = typed.TypeOf(value);
            types[outputs[i]] = type.Quantization is null ? type : TensorType.F32(type.Shape);
            reals[value] = outputs[i] == value ? value : Rounded(value, outputs[i], type, node.Origin);
        }
    }

    private void Round(Node node, string real) => reals[node.Output] = Rounded(node.Output, real, typed.TypeOf(node.Output), node.Origin);

    // The value as real numbers.
    private string Real(string value)
    {
        if (reals.TryGetValue(value, out string? known))
            return known;
        if (typed.ConstantOf(value) is not { } constant)
            return value; // nothing computes it; told of already
        constant = constant.Unpacked;
        constants[value] = constant;
        types[value] = new(constant.Element, constant.Shape);
        Quantization? quantization = typed.TypeOf(value).Quantization;
        if (quantization?.Groups is not null)
        {
            Node reader = typed.Consumers(value)[0];
            bag.Add(ExportDiagnostics.NoForm($"{model}({reader.Origin} -> {reader.Output})", reader.Op.Name, "ONNX", "its weights have scales in groups. Choose a precision without group"));
            quantization = quantization with { Groups = null };
        }

        return reals[value] = quantization is null ? value : Dequantized(value, types[value], quantization, Origin.None);
    }

    private string Dequantized(string integers, TensorType type, Quantization quantization, Origin origin)
    {
        string real = Fresh($"{integers}_real");
        Shape shape = quantization.Axis < 0 ? [] : [quantization.Scales.Count];
        var inputs = ImmutableArray.Create(integers, Constant($"{integers}_scale", Tensor.Of(shape, [.. quantization.Scales.Select(s => (float)s)])));
        // Zero points of i32 are 0, and may not be said.
        if (type.Element != ElementType.I32)
            inputs = inputs.Add(Constant($"{integers}_zero", Zeros(quantization, type.Element)));
        Add(new DequantizeLinear(quantization.Axis < 0 ? QuantizeLinear.DefaultAxis : quantization.Axis), inputs, real, origin, TensorType.F32(type.Shape));
        return real;
    }

    private string Rounded(string value, string real, TensorType type, Origin origin)
    {
        (int lo, int hi) = type.Element.Range();
        Add(new FakeQuantize(type.Quantization!, lo, hi), [real], value, origin, TensorType.F32(type.Shape));
        return value;
    }

    // As the model's own integers have it: i8 stores u8 128 lower.
    private static Quantization Unmoved(Quantization stored, ElementType element) =>
        element == ElementType.U8 ? Quantization.PerTensor(stored.Scale, stored.Zero + 128) : stored;

    private static Tensor Zeros(Quantization quantization, ElementType element) =>
        Tensor.Of(quantization.Axis < 0 ? [] : [quantization.Zeros.Count], [.. quantization.Zeros]).ConvertTo(element);

    private void Add(Operator op, ImmutableArray<string> inputs, string output, Origin origin, TensorType type)
    {
        nodes.Add(new(output, op, inputs, [output], origin));
        types[output] = type;
    }

    // The last node gives an output of the graph its name, which what it reads has until then.
    private void Rename(string from, string to)
    {
        string inner = Fresh($"{to}_rounded");
        for (int i = 0; i < nodes.Count; i++)
        {
            string Renamed(string value) => value == to ? inner : value == from ? to : value;
            Node node = nodes[i];
            nodes[i] = new(Renamed(node.Name), node.Op, [.. node.Inputs.Select(Renamed)], [.. node.Outputs.Select(Renamed)], node.Origin);
        }

        (types[inner], types[to]) = (types.GetValueOrDefault(to) ?? types[from], types[from]);
        types.Remove(from);
        foreach ((string value, string real) in reals.ToArray())
        {
            if (real == to)
                reals[value] = inner;
        }
    }

    private string Constant(string hint, Tensor tensor)
    {
        string name = Fresh(hint);
        constants[name] = tensor;
        types[name] = new(tensor.Element, tensor.Shape);
        return name;
    }

    private string Fresh(string hint)
    {
        string name = hint;
        for (int i = 1; !names.Add(name); i++)
            name = $"{hint}_{i}";
        return name;
    }
}
