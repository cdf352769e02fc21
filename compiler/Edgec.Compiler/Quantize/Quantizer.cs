using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize.Channels;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Stated;
using Edgec.Quantize.Weights;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>
/// Turns a canonical float graph into the typed integer graph of docs/numerics.md: i8 activations (asymmetric, per tensor) or i16
/// (symmetric) with a rescale where the one becomes the other, i8 weights (symmetric, per channel), i32 biases. Where the model states integers and scales itself, it gets exactly those.
/// Operators without an integer form stay in float between dequantize and quantize, and each is reported by a warning.
/// </summary>
public sealed class Quantizer
{
    private readonly Graph graph;
    private readonly GraphEditor editor;
    private readonly ScaleGroups groups;
    private readonly PrecisionAssignment precision;
    private readonly ActivationTypes types;
    private readonly Constants constants;
    private readonly DiagnosticBag bag;
    private readonly string model;
    private readonly Dictionary<string, string> floats = [];
    private readonly HashSet<string> asked = []; // values in float that nobody has to be told of
    private readonly Dictionary<string, string> integers = [];
    private readonly Dictionary<(string Value, ElementType, Quantization), string> rescaled = [];
    private readonly HashSet<string> clamped = []; // values whose kernel does the clamp of their readers

    private Quantizer(
        Graph graph, IReadOnlyDictionary<string, ValueRange> ranges, IReadOnlyDictionary<string, ValueRange>? wide, PrecisionAssignment precision,
        WeightQuantizer weights, DiagnosticBag bag, string model, bool narrow)
    {
        (this.graph, this.precision, this.bag, this.model) = (graph, precision, bag, model);
        editor = new(graph);
        groups = ScaleGroups.Of(graph, ranges, wide, precision.RuleOf, precision.ElementOf, narrow);
        types = new(graph, groups, precision);
        constants = new(graph, editor, groups, types, precision, weights, bag, model);
    }

    /// <summary>Quantizes the layers as a plan says.</summary>
    /// <param name="ranges">The calibrated range of every float activation whose scale the model does not state.</param>
    /// <param name="model">The model's file name, for diagnostics.</param>
    /// <param name="weights">Chooses the integers of weights; null for the nearest.</param>
    /// <param name="split">False to leave layers with wide and narrow channels whole, with 8 bits for each: the same numbers in the model's order of channels.</param>
    /// <param name="wide">The ranges of values with 16 bits; null for the same.</param>
    /// <param name="narrow">The target has 8 bits only: offsets of deformable convolutions get coarser before they get wider.</param>
    /// <exception cref="DiagnosticException">The plan does not fit the graph (EC3031), or asks for what a layer cannot have (EC3033).</exception>
    public static Graph Quantize(
        Graph graph, IReadOnlyDictionary<string, ValueRange> ranges, PrecisionPlan plan, DiagnosticBag bag, string model, WeightQuantizer? weights = null, bool split = true,
        IReadOnlyDictionary<string, ValueRange>? wide = null, bool narrow = false)
    {
        IReadOnlyDictionary<string, ValueRange> seen = ranges;
        (graph, ranges) = MaskedScores.Bound(graph, ranges);
        (graph, ranges) = ComputedMasks.Bound(graph, ranges, bag, model);
        // What has been bounded counts for both widths.
        wide = wide?.ToDictionary(pair => pair.Key, pair => ranges[pair.Key] == seen[pair.Key] ? pair.Value : ranges[pair.Key]);
        PrecisionAssignment precision = PrecisionAssignment.Of(plan, graph, bag, model);
        precision.Check(graph, bag, model);
        bag.ThrowIfErrors();
        weights ??= WeightQuantizer.Nearest;
        LowRankBranch.Result branched = LowRankBranch.Run(graph, ranges, plan, precision, bag, model);
        if (branched.Graph != graph)
        {
            (graph, ranges, weights) = (branched.Graph, branched.Ranges, weights.Knowing(branched.Twins));
            precision = PrecisionAssignment.Of(branched.Plan, graph, bag, model);
        }

        var quantizer = new Quantizer(graph, ranges, wide, precision, weights, bag, model, narrow);
        quantizer.Visit();
        bag.ThrowIfErrors();
        Graph typed = quantizer.editor.Finish(Level.Quantized, new Identity()).With(rounding: StatedRounding.Of(graph));
        return split ? quantizer.Split(typed) : typed;
    }

    // By what the plan's check saw of the float graph they can be split; in integers weights may have groups.
    private Graph Split(Graph typed)
    {
        var faults = new List<(string Value, string Why)>();
        Graph parted = ChannelSplit.Run(typed, precision.Wide(graph), faults);
        foreach ((string value, string why) in faults)
            bag.Add(PrecisionDiagnostics.Unsupported(Location(graph.Producer(value)!), precision.Of(graph.Producer(value)!).Brief, $"its channels cannot change places: {why}"));
        bag.ThrowIfErrors();
        return parted;
    }

    /// <summary>The values that need a calibrated range, as the model states no scale for them.</summary>
    public static IReadOnlyCollection<string> Unstated(Graph graph, PrecisionPlan plan)
    {
        var ignored = new DiagnosticBag();
        var trial = new Quantizer(graph, new Dictionary<string, ValueRange>(), null, PrecisionAssignment.Of(plan, graph, ignored, ""), WeightQuantizer.Nearest, ignored, "", narrow: false);
        trial.Visit();
        return trial.groups.Unknown;
    }

    private void Visit()
    {
        Inputs();
        foreach (Node node in graph.Nodes)
        {
            if (constants.Has(node.Output))
                continue; // its readers take what they need of it
            if (precision.RuleOf(node) is StatedRule)
            {
                Stated(node);
            }
            else if (IsInteger(node))
            {
                Integer(node);
            }
            else
            {
                Float(node);
                if (!IsAsked(node) && !node.Outputs.All(o => o.Length == 0 || graph.TypeOf(o).Element != ElementType.F32))
                    bag.Add(QuantizeDiagnostics.StaysFloat(Location(node), node.Op.Name, WhyFloat(node)));
            }
        }
    }

    private bool IsInteger(Node node)
    {
        if (precision.RuleOf(node) is IndexRule)
            return node.Inputs.Any(integers.ContainsKey);
        // A node that only moves bits follows its input: a float value is not quantized just to be moved, integers that the model makes are, and tables.
        if (precision.RuleOf(node) is SharedRule rule)
            return node.Inputs.Any(integers.ContainsKey) || (rule.HoldsTables && IsTable(node));
        return precision.RuleOf(node) is not FloatOnlyRule && graph.TypeOf(node.Output).Element == ElementType.F32;
    }

    private bool IsTable(Node node) =>
        graph.TypeOf(node.Output).Element == ElementType.F32 && node.Inputs.All(input => input.Length == 0 || graph.TypeOf(input).Element != ElementType.F32 || constants.Has(input));

    // In float because the plan says so, or because all that it moves is.
    private bool IsAsked(Node node) => precision.Of(node).IsFloat
        || (precision.RuleOf(node) is SharedRule && node.Inputs.All(i => i.Length == 0 || graph.ConstantOf(i) is not null || asked.Contains(i)));

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
                editor.SetType(input, types.Of(input));
                integers[input] = input;
            }
            else if (StatedInput(input) is { } stated)
            {
                editor.SetType(input, new(stated.Element, type.Shape, stated.Quantization));
                foreach (Node reader in graph.Consumers(input))
                    integers[reader.Output] = input;
            }
            else
            {
                floats[input] = input;
                asked.Add(input);
            }
        }
    }

    // An input of integers is what everybody dequantizes it by.
    private StatedScale? StatedInput(string input)
    {
        StatedScale?[] readers = [.. graph.Consumers(input).Select(r => r.Op is DequantizeLinear ? StatedScale.Of(graph, r) : null).Distinct()];
        return readers is [{ } only] ? only : null;
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
        editor.Replace(node, node.Op, [.. node.Inputs.Select(i => i.Length == 0 ? i : constants.Has(i) ? constants.Float(i) : InFloat(i, node.Origin))]);
        foreach (string output in node.Outputs.Where(o => o.Length > 0))
        {
            floats[output] = output;
            if (IsAsked(node))
                asked.Add(output);
        }
    }

    // Nothing is left of a statement that its value follows already; else the value is rescaled, or quantized.
    private void Stated(Node node)
    {
        string value = node.Inputs[0];
        if (node.Op is DequantizeLinear && integers.ContainsKey(node.Output))
            return;
        if (StatedScale.Of(graph, node) is not { } stated || node.Op is DequantizeLinear)
        {
            bag.Add(QuantizeDiagnostics.NoIntegers(Location(node), node.Op.Name));
            integers[node.Output] = value;
            return;
        }

        string source = integers.TryGetValue(value, out string? known) ? known : InInteger(value, new(stated.Element, graph.TypeOf(value).Shape, stated.Quantization), node.Origin);
        if (editor.TypeOf(source) is var before && before.Quantization == stated.Quantization && before.Element == stated.Element && (stated.IsFull || clamped.Contains(value)))
        {
            editor.Rename(node.Output, source);
            integers[node.Output] = source;
            return;
        }

        editor.Replace(node, new Rescale(stated.IsFull ? Activation.None : stated.Reach), [source]);
        Typed(node, new(stated.Element, graph.TypeOf(node.Output).Shape, stated.Quantization));
    }

    private void Integer(Node node)
    {
        if (precision.RuleOf(node) is IndexRule)
        {
            editor.Replace(node, node.Op, [.. node.Inputs.Select(input => Compared(node, input))]);
            floats[node.Output] = node.Output; // as it is: no integer with a scale
            return;
        }

        var op = (Operator)node.Op;
        if (Sums.Are(graph, node, value => types.Of(value).Quantization!))
        {
            editor.Replace(node, op, Operands(node, op, null, ElementType.I8));
            Node sums = editor.Producer(node.Output)!;
            editor.SetType(node.Output, Sums.TypeOf(op, graph.TypeOf(node.Output).Shape, editor.TypeOf(sums.Inputs[0]).Quantization!, editor.TypeOf(sums.Inputs[1]).Quantization!));
            integers[node.Output] = node.Output;
            return;
        }

        if (precision.IsNarrowed(node))
            bag.Add(QuantizeDiagnostics.StaysNarrow(Location(node), node.Op.Name));
        TensorType wanted = types.Of(node.Output), own = types.ResultOf(node);
        if (own.Element == ElementType.I8 && groups.Stated.TryGet(node.Output, out StatedIntegers? wide) && wide.Element == ElementType.I16)
            bag.Add(QuantizeDiagnostics.StaysNarrow(Location(node), node.Op.Name));
        if (own == wanted && groups.Stated.Clamp(node.Output) is { } clamp && op.Clamped(clamp.Reach) is { } narrower)
        {
            op = narrower;
            clamped.Add(node.Output);
        }

        ImmutableArray<string> inputs = Operands(node, op, op.Quantization is SharedRule ? wanted : null, own.Element);
        if (own != wanted)
        {
            // %y = softmax(%x)   =>   %y_own = softmax(%x); %y = rescale(%y_own)
            string result = editor.Add(node.Output + "_own", op, inputs, node.Origin, own);
            editor.Replace(node, new Rescale(Activation.None), [result]);
        }
        else
        {
            editor.Replace(node, op, inputs);
        }

        Typed(node, wanted);
    }

    // What is compared keeps its own scale, and 16 bits where there are kernels for them.
    private string Compared(Node node, string input) =>
        IsPlain(input) ? floats.GetValueOrDefault(input, input)
        : constants.Has(input) ? constants.Compared(input)
        : InInteger(input, ((Operator)node.Op).HasWideForm ? types.Of(input) : types.In(input, ElementType.I8), node.Origin);

    // No number with a scale.
    private bool IsPlain(string value) => graph.TypeOf(value).Element != ElementType.F32 && !integers.ContainsKey(value);

    // What an integer node reads: constants as integers, activations at their own type or a shared one.
    private ImmutableArray<string> Operands(Node node, Operator op, TensorType? shared, ElementType element)
    {
        var inputs = ImmutableArray.CreateBuilder<string>();
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            string input = node.Inputs[i];
            inputs.Add(input.Length == 0 ? ""
                : constants.Has(input) ? constants.Integer(node, i)
                : IsPlain(input) ? floats[input] // indices and conditions, as they are
                : integers.TryGetValue(input, out string? name) && editor.TypeOf(name).Element == ElementType.I32 ? name
                : op.RoleOf(i) is StatedOperandRole ? InInteger(input, types.Operand(node, i)!, node.Origin)
                : shared is not null && op.RoleOf(i) is ActivationRole ? InInteger(input, shared with { Shape = graph.TypeOf(input).Shape }, node.Origin)
                : InInteger(input, types.In(input, op.RoleOf(i) is WideActivationRole ? ElementType.I16 : element), node.Origin));
        }

        return constants.AddedBias(node) is { } bias ? [.. inputs.Take(Constants.BiasInput), bias, .. inputs.Skip(Constants.BiasInput + 1)] : inputs.ToImmutable();
    }

    private void Typed(Node node, TensorType type)
    {
        editor.SetType(node.Output, type);
        integers[node.Output] = node.Output;
    }

    // The value as integers of a type, rescaled if it has another one.
    private string InInteger(string value, TensorType type, Origin origin)
    {
        if (!integers.TryGetValue(value, out string? name))
        {
            TensorType first = groups.ElementOf(value) == ElementType.I16 ? types.Of(value) : type;
            integers[value] = name = editor.Add($"{value}_{first.Element.Text()}", new Ops.Quantize(), [floats[value]], origin, first);
        }

        TensorType known = editor.TypeOf(name);
        if (known.Element == type.Element && known.Quantization == type.Quantization)
            return name;
        (string, ElementType, Quantization) key = (value, type.Element, type.Quantization!);
        if (!rescaled.TryGetValue(key, out string? other))
            rescaled[key] = other = editor.Add($"{value}_{type.Element.Text()}", new Rescale(Activation.None), [name], origin, type);
        return other;
    }

    private string InFloat(string value, Origin origin)
    {
        if (floats.TryGetValue(value, out string? name))
            return name;
        return floats[value] = editor.Add(value + "_f32", new Dequantize(), [integers[value]], origin, TensorType.F32(graph.TypeOf(value).Shape));
    }

    private string Location(Node node) => $"{model}({node.Origin} -> {node.Output})";
}
