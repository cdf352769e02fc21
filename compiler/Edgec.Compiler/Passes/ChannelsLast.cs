using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Stores images as [N, H, W, C], the layout of all window kernels. In one walk every image, and every [N, C, L], may get a
/// channels-last twin: operators that need the layout compute their twin, operators that follow it do so where an input
/// has one, and all others get the original layout back through a transpose, made once and only when asked for.
/// <code>
///   %c = conv(%x, #w)            =>    %x' = transpose(%x) {perm=[0,2,3,1]}
///   %r = relu(%c)                      %c' = conv(%x', #w') {channels_last=1}
///   %t = transpose(%r)                 %t  = relu(%c')
///        {perm=[0,2,3,1]}
/// </code>
/// Inputs and outputs of the graph keep the model's layout. What is done with flattened images is said at
/// <see cref="FlatImages"/>.
/// </summary>
public sealed record ChannelsLast : Pass
{
    public static readonly PassDef Def = new(
        "channels-last", "Stores images as [N,H,W,C], the layout of all window kernels.", _ => new ChannelsLast());

    public override string Name => "channels-last";

    public override Level Accepts => Level.Canonical;

    public override Level AcceptsUpTo => Level.Quantized;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        var layouts = new Layouts(editor);
        var flat = new FlatImages(editor, layouts);
        foreach (Node node in graph.Nodes)
        {
            if (!context.Try(node, () => Visit(editor, layouts, flat, node)))
                return graph;
        }

        foreach (string output in graph.Outputs)
            layouts.First(output);
        layouts.NameTwins();
        return editor.Finish(null, new Identity());
    }

    private static void Visit(GraphEditor editor, Layouts layouts, FlatImages flat, Node node)
    {
        if (node.Op is Transpose { Permutation: { Count: 3 or 4 } permutation })
            VisitTranspose(editor, layouts, node, permutation);
        else if (node.Op is Reshape && layouts.IsRegrouping(node) && layouts.HasLast(node.Inputs[0]))
            layouts.Last(node.Output, node.Origin);
        else if (Converted(editor.Old, layouts, node) is { } op)
            AddTwin(editor, layouts, node, op);
        else if (!flat.Visit(node))
            layouts.Keep(node);
    }

    // A transpose between the layouts is a twin itself; any other starts from the layout that is there.
    private static void VisitTranspose(GraphEditor editor, Layouts layouts, Node node, EquatableArray<int> permutation)
    {
        string x = node.Inputs[0];
        int rank = permutation.Count;
        if (permutation == Layouts.ToLast(rank) && (rank == 4 || layouts.HasLast(x)))
            layouts.SetFirst(node.Output, layouts.Last(x, node.Origin));
        else if (rank == 4 && permutation == Layouts.ToFirst(rank))
            layouts.SetLast(node.Output, layouts.First(x));
        else if (!layouts.HasLast(x))
            layouts.Keep(node);
        else
            layouts.SetFirst(node.Output, editor.Add(
                node.Output,
                new Transpose([.. permutation.Select(axis => Layouts.ToFirst(rank)[axis])]),
                [layouts.Last(x, node.Origin)],
                node.Origin,
                editor.TypeOf(node.Output)));
    }

    // The operator on twins, null where the node keeps the original layout.
    private static Operator? Converted(Graph graph, Layouts layouts, Node node)
    {
        var op = (Operator)node.Op;
        int rank = graph.TypeOf(node.Output).Shape.Rank;
        if (rank is not (3 or 4) || node.Outputs.Any(output => output.Length > 0 && graph.TypeOf(output).Shape.Rank != rank))
            return null;
        if (!op.NeedsChannelsLast && !node.Inputs.Any(input => input.Length > 0 && layouts.HasLast(input)))
            return null;
        if (rank == 3)
            return OnRows(op);
        Operator? converted = op.ToChannelsLast(InferContext.Of(graph, node));
        return op.NeedsChannelsLast && op.Equals(converted) ? null : converted; // it is channels-last already
    }

    // The few operators on [N, C, L] for which a twin spares a transpose.
    private static Operator? OnRows(Operator op) => op switch
    {
        Unary or Binary { Axis: null } or Ops.Quantize or Dequantize or Rescale or Identity or FakeQuantize { Stated.Axis: < 0 } => op,
        Concat concat => new Concat(Layouts.ToFirst(3)[Extents.Axis(concat.Axis, 3)]),
        _ => null,
    };

    private static void AddTwin(GraphEditor editor, Layouts layouts, Node node, Operator op)
    {
        Graph graph = editor.Old;
        int rank = graph.TypeOf(node.Output).Shape.Rank;
        var inputs = ImmutableArray.CreateBuilder<string>();
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            string input = node.Inputs[i];
            bool follows = input.Length > 0 && ((Operator)node.Op).RoleOf(i) is not (ParameterRole or BiasRole);
            inputs.Add(
                !follows ? input.Length == 0 ? "" : layouts.First(input)
                : graph.TypeOf(input).Shape.Rank == rank ? layouts.Last(input, node.Origin)
                : layouts.LastBroadcast(input, rank, node.Origin));
        }

        ImmutableArray<string> outputs = [.. node.Outputs.Select(output => output.Length == 0 ? "" : editor.Fresh(output))];
        ImmutableArray<TensorType> types = [.. node.Outputs.Select(output => output.Length == 0 ? TensorType.F32([]) : Layouts.TypeLast(graph.TypeOf(output)))];
        editor.Add(op, inputs.ToImmutable(), outputs, node.Origin, types);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i].Length > 0)
                layouts.SetLast(node.Outputs[i], outputs[i]);
        }
    }
}
