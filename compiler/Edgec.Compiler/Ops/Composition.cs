using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// An operator that others express: what it becomes while canonicalizing is also how its types are inferred and how it is
/// evaluated.
/// </summary>
public abstract record Composition : Operator
{
    public sealed override ImmutableArray<TensorType> Infer(InferContext context)
    {
        (GraphEditor editor, ImmutableArray<string> results) = Expand(
            context.Count,
            context.Outputs,
            i => context.Has(i) ? context.Input(i) : null,
            context.Constant);
        return [.. results.Select(editor.TypeOf)];
    }

    public sealed override ImmutableArray<string>? Canonicalize(Canonicalizer context) => ComposeAll(context);

    public sealed override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        (GraphEditor editor, ImmutableArray<string> results) = Expand(
            context.Count,
            context.Outputs,
            i => context.Optional(i) is { } value ? new(value.Element, value.Shape) : null,
            context.Optional);
        for (int i = 0; i < results.Length; i++)
            editor.Rename(Result(i), results[i]);
        Graph graph = editor.Finish(null, new Identity());
        ImmutableDictionary<string, Tensor> values = GraphEvaluator.Evaluate(graph, ImmutableDictionary<string, Tensor>.Empty);
        return [.. graph.Outputs.Select(output => values[output])];
    }

    /// <summary>Adds the nodes that say the same and returns the value that takes the place of the output.</summary>
    private protected abstract string Compose(Canonicalizer context);

    /// <summary>The same for an operator of several outputs: as many values as the node has.</summary>
    private protected virtual ImmutableArray<string> ComposeAll(Canonicalizer context) => [Compose(context)];

    private static string Result(int output) => $"y{output}";

    private (GraphEditor Editor, ImmutableArray<string> Results) Expand(int count, int outputs, Func<int, TensorType?> type, Func<int, Tensor?> constant)
    {
        string Name(int i) => type(i) is null ? "" : $"x{i}";
        int[] present = [.. Enumerable.Range(0, count).Where(i => type(i) is not null)];
        ImmutableArray<string> results = [.. Enumerable.Range(0, Math.Max(1, outputs)).Select(Result)];
        var node = new Node(results[0], this, [.. Enumerable.Range(0, count).Select(Name)], results, Origin.None);
        var graph = new Graph(
            "composition",
            Level.Imported,
            [.. present.Where(i => constant(i) is null).Select(Name)],
            results,
            [node],
            present.Where(i => constant(i) is not null).ToImmutableDictionary(Name, i => constant(i)!),
            present.ToImmutableDictionary(Name, i => type(i)!));
        var editor = new GraphEditor(graph);
        return (editor, ComposeAll(new Canonicalizer(editor, node)));
    }
}
