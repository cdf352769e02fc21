using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Quantize.Channels;
using Edgec.Quantize.Stated;
using Edgec.Quantize.Weights;
using Edgec.Runtime;

namespace Edgec.Quantize.Precision;

/// <summary>A <see cref="PrecisionPlan"/> applied to one canonical graph: the precision of every node.</summary>
public sealed class PrecisionAssignment
{
    private readonly Dictionary<Node, LayerPrecision> precisions = [];

    private PrecisionAssignment()
    {
    }

    /// <summary>Applies a plan.</summary>
    /// <param name="bag">Gets EC3031 for every rule that matches no layer.</param>
    public static PrecisionAssignment Of(PrecisionPlan plan, Graph graph, DiagnosticBag bag, string model)
    {
        var assignment = new PrecisionAssignment();
        var unused = new HashSet<PrecisionRule>(plan.Rules);
        HashSet<Node> ends = plan.Ends == plan.Default ? [] : WeightedLayers.Ends(graph);
        foreach (Node node in graph.Nodes)
        {
            assignment.precisions[node] = ends.Contains(node) ? plan.Ends : plan.Default;
            if (node.Origin.Nodes.Contains(AppendDecode.Coordinates) && !plan.Default.IsFloat)
                assignment.precisions[node] = plan.Default with { ActivationBits = 16 };
            foreach (PrecisionRule rule in plan.Rules.Where(rule => LayerNames.Of(node).Any(rule.Layers.Matches)))
            {
                assignment.precisions[node] = rule.Precision;
                unused.Remove(rule);
            }
        }

        foreach (PrecisionRule rule in plan.Rules.Where(unused.Remove))
        {
            string name = rule.Layers.ToString();
            bag.Add(PrecisionDiagnostics.UnknownLayer(model, name, Nearest.Hint(name, graph.Nodes.SelectMany(LayerNames.Of).Distinct())));
        }

        return assignment;
    }

    /// <summary>The precision of a node of the graph.</summary>
    public LayerPrecision Of(Node node) => precisions[node];

    /// <summary>The quantizer's rule for a node: its operator's, unless the plan keeps the layer in float. What the model states holds everywhere.</summary>
    public QuantizationRule RuleOf(Node node) =>
        node.Op is Operator op && node.Outputs.Length == 1 && (!Of(node).IsFloat || op.Quantization is StatedRule) ? op.Quantization : QuantizationRule.FloatOnly("the precision plan says so, or it has several results");

    /// <summary>The type of a node's activations: i16 where the plan says so and the operator has kernels for it.</summary>
    public ElementType ElementOf(Node node) =>
        Of(node).ActivationBits == 16 && node.Op is Operator { HasWideForm: true } ? ElementType.I16 : ElementType.I8;

    /// <summary>True for a layer whose plan asks for 16-bit activations, for which its operator has no kernels.</summary>
    public bool IsNarrowed(Node node) =>
        Of(node).ActivationBits == 16 && RuleOf(node) is not (SharedRule or FloatOnlyRule) && ElementOf(node) != ElementType.I16;

    /// <summary>The wide channels of layers that have narrow ones too, by the value a layer computes.</summary>
    public IReadOnlyDictionary<string, ChannelSet> Wide(Graph graph) => graph.Nodes
        .Where(node => Of(node).Wide is not null && WeightedLayers.WeightInput(graph, node) is not null)
        .ToDictionary(node => node.Output, node => Of(node).Wide!);

    /// <summary>Reports the layers that ask for numbers they cannot have (EC3033).</summary>
    public void Check(Graph graph, DiagnosticBag bag, string model)
    {
        foreach (Node node in graph.Nodes.Where(node => !Of(node).IsFloat))
        {
            string? fault = Of(node) switch
            {
                { Rank: > 0 } precision when WeightedLayers.WeightInput(graph, node) is not null => LowRankBranch.WhyNot(graph, node, precision),
                { WeightGroup: > 0, ActivationBits: 16 } when WeightedLayers.WeightInput(graph, node) is not null => "grouped weights have kernels for 8-bit activations only",
                { WeightGroup: > 0, WeightBits: not 4 } when WeightedLayers.WeightInput(graph, node) is not null => "only weights of 4 bits have groups",
                { WeightGroup: > 0 } when WeightedLayers.WeightInput(graph, node) is not null && WeightedLayer.Of(graph, node) is null =>
                    "weights of this form cannot have groups",
                { Wide: not null } precision when WeightedLayers.WeightInput(graph, node) is not null => WhyNotWide(graph, node, precision),
                _ => null,
            };
            if (fault is not null)
                bag.Add(PrecisionDiagnostics.Unsupported($"{model}({node.Origin} -> {node.Output})", Of(node).ToString(), fault));
        }
    }

    private static string? WhyNotWide(Graph graph, Node node, LayerPrecision precision)
    {
        if (precision.WeightBits != 4)
            return "only where weights have 4 bits some can have 8";
        if (precision.WeightGroup > 0)
            return "groups of weights and wide channels do not go together";
        if (StatedConstant.Of(graph, node.Inputs[1]) is not null)
            return "the model states the integers of its weights";
        if (ChannelSplit.Rows(graph, node) is { } rows && precision.Wide!.Last >= rows)
            return $"it has no channel {precision.Wide.Last}: they end at {rows - 1}";
        return ChannelSplit.WhyNot(graph, node);
    }
}
