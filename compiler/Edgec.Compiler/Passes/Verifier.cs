using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>The rules of each level. A graph that breaks one comes from a fault of edgec, not of the model.</summary>
public static class Verifier
{
    /// <summary>A rule, from the lowest to the highest level where it holds.</summary>
    private sealed record Rule(string Name, Level From, Level To, Func<Graph, IEnumerable<(Node? Node, string Fault)>> Broken);

    private static readonly ImmutableArray<Rule> Rules =
    [
        new("single-definition", Level.Imported, Level.Planned, SingleDefinition),
        new("defined-before-use", Level.Imported, Level.Planned, DefinedBeforeUse),
        new("constants-typed", Level.Imported, Level.Planned, ConstantsTyped),
        new("types-known", Level.Canonical, Level.Planned, TypesKnown),
        new("types-as-inferred", Level.Canonical, Level.Planned, TypesAsInferred),
        new("no-scales-yet", Level.Imported, Level.Imported, NoScales),
        new("scales-fit", Level.Canonical, Level.Planned, ScalesFit),
    ];

    /// <summary>Reports every broken rule as EC2900 with the pass that broke it.</summary>
    public static void Verify(Graph graph, string model, string after, DiagnosticBag diagnostics)
    {
        foreach (Rule rule in Rules.Where(rule => graph.Level >= rule.From && graph.Level <= rule.To))
        {
            bool broken = false;
            foreach ((Node? node, string fault) in rule.Broken(graph))
            {
                broken = true;
                diagnostics.Add(Diagnostic.Error(
                    "EC2900",
                    node is null ? model : NodeFault.Location(model, node),
                    $"After {after} the graph breaks the rule {rule.Name} of level {graph.Level.ToString().ToLowerInvariant()}: {fault} This is a fault of edgec; please report it with the model."));
            }

            if (broken)
                return; // later rules rely on earlier ones
        }
    }

    private static IEnumerable<(Node?, string)> SingleDefinition(Graph graph)
    {
        var defined = new HashSet<string>();
        foreach (string value in graph.Inputs.Concat(graph.Constants.Keys))
        {
            if (!defined.Add(value))
                yield return (null, $"{value} is defined twice.");
        }

        foreach (Node node in graph.Nodes)
        {
            foreach (string output in node.Outputs.Where(o => o.Length > 0 && !defined.Add(o)))
                yield return (node, $"{output} is defined twice.");
        }
    }

    private static IEnumerable<(Node?, string)> DefinedBeforeUse(Graph graph)
    {
        HashSet<string> defined = [.. graph.Inputs, .. graph.Constants.Keys];
        foreach (Node node in graph.Nodes)
        {
            foreach (string input in node.Inputs.Where(i => i.Length > 0 && !defined.Contains(i)))
                yield return (node, $"{input} is not defined before it is read.");
            defined.UnionWith(node.Outputs);
        }

        foreach (string output in graph.Outputs.Where(o => !defined.Contains(o)))
            yield return (null, $"output {output} is not defined.");
    }

    private static IEnumerable<(Node?, string)> ConstantsTyped(Graph graph)
    {
        foreach (string input in graph.Inputs.Where(i => !graph.Types.ContainsKey(i)))
            yield return (null, $"input {input} has no type.");
        foreach ((string name, Tensor tensor) in graph.Constants)
        {
            if (!graph.Types.TryGetValue(name, out TensorType? type) || type.Element != tensor.Element || type.Shape != tensor.Shape)
                yield return (null, $"constant {name} holds {tensor} but its type is {(type is null ? "unknown" : type.ToString())}.");
        }
    }

    private static IEnumerable<(Node?, string)> TypesKnown(Graph graph) =>
        from node in graph.Nodes
        from output in node.Outputs
        where output.Length > 0 && !graph.Types.ContainsKey(output)
        select ((Node?)node, $"the type of {output} is not known.");

    // Quantizing changes element types by rules of its own, but never a shape.
    private static IEnumerable<(Node?, string)> TypesAsInferred(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            string? fault = null;
            try
            {
                ImmutableArray<TensorType> types = NodeFault.Guard(node, () => ((Operator)node.Op).Infer(InferContext.Of(graph, node)));
                for (int i = 0; i < node.Outputs.Length && fault is null; i++)
                {
                    if (node.Outputs[i].Length == 0)
                        continue;
                    TensorType type = graph.TypeOf(node.Outputs[i]);
                    if (type.Shape != types[i].Shape || (graph.Level == Level.Canonical && type.Element != types[i].Element))
                        fault = $"{node.Outputs[i]} is {type} but its operator yields {types[i]}.";
                }
            }
            catch (OperatorException e)
            {
                fault = e.Message;
            }

            if (fault is not null)
                yield return (node, fault);
        }
    }

    private static IEnumerable<(Node?, string)> NoScales(Graph graph) =>
        graph.Types.Where(pair => pair.Value.Quantization is not null).Select(pair => ((Node?)null, $"{pair.Key} has a scale already."));

    private static IEnumerable<(Node?, string)> ScalesFit(Graph graph)
    {
        foreach ((string value, TensorType type) in graph.Types)
        {
            if (type.Quantization is not { } q)
                continue;
            int wanted = q.Axis < 0 ? 1 : q.Axis < type.Shape.Rank ? type.Shape[q.Axis] : -1;
            if (type.Element.IsFloat())
                yield return (null, $"{value} is {type} and has a scale.");
            else if (q.Scales.Count != wanted || q.Zeros.Count != wanted)
                yield return (null, $"{value} {type} has {q.Scales.Count} scales and {q.Zeros.Count} zero points along axis {q.Axis}.");
            else if (q.Groups is { } g && (q.Axis != 0 || g.Size < 1 || g.Multipliers.Any(m => m is < 1 or > GroupScales.Most)
                || g.Multipliers.Count != type.Shape[0] * GroupScales.Count((int)(type.Shape.ElementCount / Math.Max(1, type.Shape[0])), g.Size)))
                yield return (null, $"{value} {type} has {g.Multipliers.Count} multipliers of groups of {g.Size} along axis {q.Axis}.");
            else if (q.Scales.Any(scale => !double.IsFinite(scale) || scale <= 0))
                yield return (null, $"{value} has a scale that is not a positive number.");
        }
    }
}
