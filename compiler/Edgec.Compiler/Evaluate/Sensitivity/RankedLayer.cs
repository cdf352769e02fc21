using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
using Edgec.Runtime;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>A layer whose numbers a precision plan decides.</summary>
/// <param name="Name">By which a plan can call it, and it alone.</param>
/// <param name="Precision">What the plan gives it.</param>
/// <param name="Rows">How many output channels its weights have; 0 if the bits of weights mean nothing to it.</param>
public sealed record RankedLayer(Node Node, string Name, LayerPrecision Precision, int Rows)
{
    /// <summary>
    /// The layers of a canonical graph that compute in integers under a plan, in order. Those that only move or select numbers are
    /// not among them: they add no noise.
    /// </summary>
    /// <exception cref="DiagnosticException">The plan has a rule for a layer that is not there (EC3031), or the model arrives
    /// quantized (EC3043).</exception>
    public static ImmutableArray<RankedLayer> Of(Graph canonical, PrecisionPlan plan, string model)
    {
        var bag = new DiagnosticBag();
        PrecisionAssignment assignment = PrecisionAssignment.Of(plan, canonical, bag, model);
        if (canonical.Nodes.FirstOrDefault(node => node.Op is Operator { Quantization: StatedRule }) is { } stated)
            bag.Add(PrecisionDiagnostics.ArrivesQuantized(NodeFault.Location(model, stated), stated.Op.Name));
        bag.ThrowIfErrors();
        IReadOnlyDictionary<Node, string> names = LayerNames.Unique(canonical);
        return [.. canonical.Nodes
            .Where(node => assignment.RuleOf(node) is CalibratedRule or FixedRule && canonical.TypeOf(node.Output).Element == ElementType.F32)
            .Select(node => new RankedLayer(node, names[node], assignment.Of(node), WeightedLayers.Rows(canonical, node)))];
    }
}
