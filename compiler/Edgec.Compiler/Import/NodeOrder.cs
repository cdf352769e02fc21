using Edgec.Diagnostics;

namespace Edgec.Import;

/// <summary>Puts nodes behind what they read, in the order of the file where that is free, and leaves out what no output needs.</summary>
internal static class NodeOrder
{
    /// <summary>Nodes that a diagnostic about a cycle names.</summary>
    private const int ShownInCycle = 8;

    /// <param name="given">Inputs and constants.</param>
    /// <param name="outputs">The graph's outputs.</param>
    public static IReadOnlyList<ModelNode> Sort(
        IReadOnlyList<ModelNode> nodes, ISet<string> given, IEnumerable<string> outputs, string model, DiagnosticBag diagnostics)
    {
        var producer = new Dictionary<string, ModelNode>();
        foreach (ModelNode node in nodes)
        {
            foreach (string output in node.Outputs.Where(o => o.Length > 0))
            {
                if (given.Contains(output) || !producer.TryAdd(output, node))
                    diagnostics.Add(Diagnostic.Error("EC1102", node.Location(model), $"Value {output} is defined twice. Give one of them another name."));
            }
        }

        HashSet<ModelNode> needed = Needed(producer, outputs);
        var sorted = new List<ModelNode>();
        var done = new HashSet<ModelNode>(ReferenceEqualityComparer.Instance);
        var path = new Stack<(ModelNode Node, int Next)>();
        var onPath = new HashSet<ModelNode>(ReferenceEqualityComparer.Instance);
        foreach (ModelNode root in nodes.Where(node => needed.Contains(node) && !done.Contains(node)))
        {
            Push(root);
            while (path.TryPop(out (ModelNode Node, int Next) top))
            {
                if (top.Next == top.Node.Inputs.Length)
                {
                    onPath.Remove(top.Node);
                    if (done.Add(top.Node))
                        sorted.Add(top.Node);
                    continue;
                }

                path.Push((top.Node, top.Next + 1));
                string input = top.Node.Inputs[top.Next];
                if (!producer.TryGetValue(input, out ModelNode? source))
                {
                    if (input.Length > 0 && !given.Contains(input))
                        diagnostics.Add(Diagnostic.Error("EC1103", top.Node.Location(model), $"Input {input} is defined nowhere. Check the model with the ONNX checker."));
                }
                else if (onPath.Contains(source))
                {
                    diagnostics.Add(Cycle(path.Select(step => step.Node), source, model));
                    return sorted;
                }
                else if (!done.Contains(source))
                {
                    Push(source);
                }
            }
        }

        return sorted;

        void Push(ModelNode node)
        {
            path.Push((node, 0));
            onPath.Add(node);
        }
    }

    private static HashSet<ModelNode> Needed(Dictionary<string, ModelNode> producer, IEnumerable<string> outputs)
    {
        var needed = new HashSet<ModelNode>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>(outputs);
        while (open.TryPop(out string? value))
        {
            if (!producer.TryGetValue(value, out ModelNode? node) || !needed.Add(node))
                continue;
            foreach (string input in node.Inputs)
                open.Push(input);
        }

        return needed;
    }

    // The path holds the reader first and the nodes it came from behind it, down to the one it leads back to.
    private static Diagnostic Cycle(IEnumerable<ModelNode> path, ModelNode source, string model)
    {
        ModelNode[] cycle = [.. path.TakeWhile(node => !ReferenceEquals(node, source)), source];
        string names = string.Join(" <- ", cycle.Reverse().Take(ShownInCycle).Select(node => node.Name)) + (cycle.Length > ShownInCycle ? " <- …" : "");
        return Diagnostic.Error("EC1104", source.Location(model), $"These nodes wait for one another: {names} <- {source.Name}. Break the cycle in the model.");
    }
}
