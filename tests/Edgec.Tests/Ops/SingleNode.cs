using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Tests.Ops;

/// <summary>A graph of one operator, taken through everything an operator promises: types, value, canonical form, kernels.</summary>
internal static class SingleNode
{
    /// <summary>Infers, evaluates, and checks that both agree on the types.</summary>
    public static ImmutableArray<Tensor> Evaluate(Operator op, Tensor?[] inputs, int outputs = 1)
    {
        var context = new InferContext([.. inputs.Select(TypeOf)], [.. inputs], outputs);
        ImmutableArray<TensorType> types = op.Infer(context);
        ImmutableArray<Tensor> values = op.Evaluate(new([.. inputs], outputs));
        for (int i = 0; i < outputs; i++)
            Xunit.Assert.Equal(types[i], TypeOf(values[i]));
        return values;
    }

    /// <summary>The canonical graph of one node: inputs named i0, i1, …, outputs o0, o1, ….</summary>
    /// <param name="known">Which inputs are constants.</param>
    public static Graph Canonicalize(Operator op, Tensor?[] inputs, Func<int, bool> known, int outputs = 1)
    {
        ImmutableArray<string> names = [.. inputs.Select((t, i) => t is null ? "" : $"i{i}")], results = [.. Enumerable.Range(0, outputs).Select(i => $"o{i}")];
        ImmutableArray<TensorType> types = op.Infer(new([.. inputs.Select(TypeOf)], [.. inputs.Select((t, i) => known(i) ? t : null)], outputs));
        IEnumerable<(string Name, Tensor Value, int Index)> given = inputs.Select((t, i) => ($"i{i}", t!, i)).Where(g => g.Item2 is not null);
        var graph = new Graph(
            "test", Level.Imported, [.. given.Where(g => !known(g.Index)).Select(g => g.Name)], results,
            [new("node", op, names, results, Origin.Of("node"))],
            given.Where(g => known(g.Index)).ToImmutableDictionary(g => g.Name, g => g.Value),
            given.Select(g => KeyValuePair.Create(g.Name, TypeOf(g.Value)!)).Concat(results.Select((r, i) => KeyValuePair.Create(r, types[i]))).ToImmutableDictionary());
        for (int round = 0; round < 20; round++)
        {
            Graph next = Fold(Round(graph));
            if (ReferenceEquals(next, graph))
                return graph;
            graph = next;
        }

        throw new InvalidOperationException($"{op.Name} never becomes canonical");
    }

    /// <summary>The outputs of a float graph by kernels alone; an operator without one throws.</summary>
    public static ImmutableArray<Tensor> RunKernels(Graph graph, IReadOnlyDictionary<string, Tensor> inputs)
    {
        var values = graph.Constants.ToDictionary();
        foreach ((string name, Tensor value) in inputs)
            values[name] = value;
        foreach (Node node in graph.Nodes)
        {
            TensorType type = graph.TypeOf(node.Output);
            values[node.Output] = ((Operator)node.Op).Lower(new LoweringContext(graph, node)) switch
            {
                KernelLowered k => KernelRunner.Run(k.Kernel, [.. k.Operands.Select(o => values[o])], type.Element, type.Shape),
                ViewLowered v => values[v.Operand].Reshape(type.Shape),
                _ => throw new InvalidOperationException(),
            };
        }

        return [.. graph.Outputs.Select(o => values[o])];
    }

    private static Graph Round(Graph graph)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            Node current = node.With(inputs: [.. node.Inputs.Select(i => i.Length == 0 ? i : editor.Current(i))]);
            bool copy = node.Op is Identity && graph.IsOutput(node.Output) && (graph.Inputs.Contains(node.Inputs[0]) || graph.IsOutput(node.Inputs[0]));
            if (copy || ((Operator)node.Op).Canonicalize(new(editor, current)) is not { } results)
            {
                editor.Keep(node);
                continue;
            }

            for (int i = 0; i < node.Outputs.Length; i++)
                editor.Rename(node.Outputs[i], results[i]);
        }

        return editor.Finish(null, new Identity());
    }

    private static Graph Fold(Graph graph)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (!node.Inputs.All(i => i.Length == 0 || editor.ConstantOf(i) is not null))
            {
                editor.Keep(node);
                continue;
            }

            ImmutableArray<Tensor> values = ((Operator)node.Op).Evaluate(
                new([.. node.Inputs.Select(i => i.Length == 0 ? null : editor.ConstantOf(i))], node.Outputs.Length));
            for (int i = 0; i < node.Outputs.Length; i++)
                editor.SetConstant(node.Outputs[i], values[i]);
        }

        return editor.Finish(null, new Identity());
    }

    private static TensorType? TypeOf(Tensor? tensor) => tensor is null ? null : new(tensor.Element, tensor.Shape);
}
