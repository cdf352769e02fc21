using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Stated;
using Edgec.Quantize.Weights;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>The constant operands of integer nodes: weights, biases and values beside activations, as integers of the new graph.</summary>
internal sealed class Constants(
    Graph graph, GraphEditor editor, ScaleGroups groups, ActivationTypes types, PrecisionAssignment precision, WeightQuantizer weights, DiagnosticBag bag, string model)
{
    public const int BiasInput = 2;

    private readonly Dictionary<Node, QuantizedWeights> quantized = [];

    /// <summary>True if a value is known at compile time, in float or as stated integers.</summary>
    public bool Has(string value) => graph.ConstantOf(value) is not null || StatedConstant.Of(graph, value) is not null;

    /// <summary>A constant as float nodes read it.</summary>
    public string Float(string value) =>
        StatedConstant.Of(graph, value) is { } stated ? editor.AddConstant(value, stated.Real) : value;

    /// <summary>A constant as an integer node reads it.</summary>
    public string Integer(Node node, int input)
    {
        var op = (Operator)node.Op;
        string name = node.Inputs[input];
        if (Real(name) is not { Element: ElementType.F32 } real)
            return name;
        switch (op.RoleOf(input))
        {
            case WeightRole:
                {
                    QuantizedWeights chosen = Weights(node);
                    return editor.AddConstant($"{name}_{chosen.Integers.Element.Text()}", chosen.Integers, chosen.Quantization);
                }

            case BranchWeightRole:
                double[] scales = Scales.OfWeights(real, 0, sbyte.MaxValue);
                return editor.AddConstant($"{name}_i8", Scales.RoundWeights(real, 0, 8, scales), Quantization.PerChannel(0, scales));
            case BiasRole:
                return Bias(node, name + "_i32", real, StatedConstant.Of(graph, name));
            case StatedOperandRole role:
                (Quantization quantization, ElementType element) = groups.Stated.Operand(role, Scales.RangeOf(real));
                return editor.AddConstant($"{name}_{element.Text()}", Scales.ToIntegers(real, quantization, element), quantization);
            case ActivationRole:
                return Activation(node, name, real);
            default:
                return Float(name);
        }
    }

    /// <summary>The bias that a layer without one gets where rounding its weights moved the mean of its results; null if it gets none.</summary>
    public string? AddedBias(Node node) =>
        WeightedLayers.WeightInput(graph, node) is not null && ((Operator)node.Op).RoleOf(BiasInput) is BiasRole && !node.HasInput(BiasInput)
        && Weights(node).BiasShift is { } shift
            ? Bias(node, node.Output + "_bias", Tensor.Zeros(ElementType.F32, [shift.Length]), null)
            : null;

    private string Bias(Node node, string name, Tensor bias, StatedConstant? stated)
    {
        QuantizedWeights chosen = Weights(node);
        if (chosen.BiasShift is { } shift)
            bias = Tensor.Of<float>(bias.Shape, [.. shift.Select((value, i) => bias.Span<float>()[i] + value)]);
        (Tensor values, Quantization quantization) = stated is not null && Scales.Bias(stated, InputScale(node), chosen.Quantization) is { } exact
            ? exact
            : Scales.Bias(bias, InputScale(node), chosen.Quantization);
        return editor.AddConstant(name, values, quantization);
    }

    private QuantizedWeights Weights(Node node)
    {
        if (quantized.TryGetValue(node, out QuantizedWeights? known))
            return known;
        var op = (Operator)node.Op;
        int input = Enumerable.Range(0, node.Inputs.Length).Where(i => node.HasInput(i) && op.RoleOf(i) is WeightRole).First();
        string name = node.Inputs[input];
        int axis = ((WeightRole)op.RoleOf(input)).Axis;
        Tensor real = Real(name) ?? throw new InvalidOperationException($"{node}: a bias needs constant weights");
        Tensor? bias = Enumerable.Range(0, node.Inputs.Length).Where(i => node.HasInput(i) && op.RoleOf(i) is BiasRole)
            .Select(i => Real(node.Inputs[i])).FirstOrDefault();
        if (StatedConstant.Of(graph, name) is { } stated)
        {
            if (Scales.Weights(stated, axis, InputScale(node), bias) is { } exact)
                return quantized[node] = new(exact.Integers, exact.Quantization, null);
            bag.Add(QuantizeDiagnostics.WeightsQuantizedAgain($"{model}({node.Origin} -> {name})"));
        }

        double[] least = Scales.LeastOfWeights(real.Shape[axis], InputScale(node), types.ResultOf(node).Quantization!.Scale, bias);
        return quantized[node] = weights.Quantize(graph, node, real, axis, precision.Of(node), least);
    }

    private string Activation(Node node, string name, Tensor real)
    {
        bool shared = ((Operator)node.Op).Quantization is SharedRule;
        ElementType element = types.ElementOf(node);
        if (!shared && StatedConstant.Of(graph, name) is { Quantization.Axis: < 0 } stated && Exact(stated) is { } exact && exact.Integers.Element == element)
            return editor.AddConstant($"{name}_{element.Text()}", exact.Integers, exact.Quantization);
        Quantization quantization = shared ? groups.In(node.Output, element) : Scales.Activation(Scales.RangeOf(real), element);
        return editor.AddConstant($"{name}_{element.Text()}", Scales.ToIntegers(real, quantization, element), quantization);
    }

    /// <summary>
    /// A constant that values are compared with. Numbers that are a positive one times -1, 0 or 1 are exact at that scale; others are
    /// of 16 bits.
    /// </summary>
    public string Compared(string name)
    {
        Tensor real = Real(name)!;
        float[] bounded = [.. real.Span<float>().ToArray().Select(value => Math.Clamp(value, float.MinValue, float.MaxValue))];
        float most = bounded.Select(Math.Abs).DefaultIfEmpty(0).Max();
        Tensor values = Tensor.Of(real.Shape, bounded);
        if (bounded.All(value => value == 0 || Math.Abs(value) == most))
        {
            var exact = Quantization.PerTensor(most > 0 ? most : 1, 0);
            return editor.AddConstant($"{name}_i8", Scales.ToIntegers(values, exact, ElementType.I8), exact);
        }

        Quantization quantization = Scales.Activation(Scales.RangeOf(values), ElementType.I16);
        return editor.AddConstant($"{name}_i16", Scales.ToIntegers(values, quantization, ElementType.I16), quantization);
    }

    // The very integers, u8 moved down by 128.
    private static (Tensor Integers, Quantization Quantization)? Exact(StatedConstant stated)
    {
        if (stated is { Integers.Element: ElementType.I16, Quantization.Zero: 0 })
            return (stated.Integers, stated.Quantization);
        if (stated.Integers.Element is not (ElementType.I8 or ElementType.U8))
            return null;
        int down = stated.Integers.Element == ElementType.U8 ? 128 : 0;
        sbyte[] values = [.. stated.Integers.Integers().Select(q => (sbyte)(q - down))];
        return (Tensor.Of(stated.Integers.Shape, values), Quantization.PerTensor(stated.Quantization.Scale, stated.Quantization.Zero - down));
    }

    private Tensor? Real(string value) => StatedConstant.Of(graph, value)?.Real ?? graph.ConstantOf(value);

    private double InputScale(Node node) => ((Operator)node.Op).ProductScale(input => types.Operand(node, input)?.Quantization);
}
