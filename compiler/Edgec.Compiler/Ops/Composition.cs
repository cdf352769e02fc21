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
        (GraphEditor editor, string result) = Expand(
            context.Count,
            i => context.Has(i) ? context.Input(i) : null,
            context.Constant);
        return [editor.TypeOf(result)];
    }

    public sealed override ImmutableArray<string>? Canonicalize(Canonicalizer context) => [Compose(context)];

    public sealed override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        (GraphEditor editor, string result) = Expand(
            context.Count,
            i => context.Optional(i) is { } value ? new(value.Element, value.Shape) : null,
            context.Optional);
        editor.Rename(Result, result);
        Graph graph = editor.Finish(null, new Identity());
        return [GraphEvaluator.Evaluate(graph, ImmutableDictionary<string, Tensor>.Empty)[Result]];
    }

    /// <summary>Adds the nodes that say the same and returns the value that takes the place of the output.</summary>
    private protected abstract string Compose(Canonicalizer context);

    private const string Result = "y";

    private (GraphEditor Editor, string Result) Expand(int count, Func<int, TensorType?> type, Func<int, Tensor?> constant)
    {
        string Name(int i) => type(i) is null ? "" : $"x{i}";
        int[] present = [.. Enumerable.Range(0, count).Where(i => type(i) is not null)];
        var node = new Node(Result, this, [.. Enumerable.Range(0, count).Select(Name)], [Result], Origin.None);
        var graph = new Graph(
            "composition",
            Level.Imported,
            [.. present.Where(i => constant(i) is null).Select(Name)],
            [Result],
            [node],
            present.Where(i => constant(i) is not null).ToImmutableDictionary(Name, i => constant(i)!),
            present.ToImmutableDictionary(Name, i => type(i)!));
        var editor = new GraphEditor(graph);
        return (editor, Compose(new Canonicalizer(editor, node)));
    }
}
