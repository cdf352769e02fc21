using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Stores images as [N, H, W, C], the layout of all window kernels. In one walk every value of rank 4 may get a
/// channels-last twin: operators that need the layout compute their twin, operators that follow it do so where an input
/// has one, and all others get the original layout back through a transpose, made once and only when asked for.
/// <code>
///   %c = conv(%x, #w)            =>    %x' = transpose(%x) {perm=[0,2,3,1]}
///   %r = relu(%c)                      %c' = conv(%x', #w') {channels_last=1}
///   %t = transpose(%r)                 %t  = relu(%c')
///        {perm=[0,2,3,1]}
/// </code>
/// Inputs and outputs of the graph keep the model's layout.
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
        foreach (Node node in graph.Nodes)
        {
            if (!context.Try(node, () => Visit(graph, editor, layouts, node)))
                return graph;
        }

        foreach (string output in graph.Outputs)
            layouts.First(output);
        layouts.NameTwins();
        return editor.Finish(null, new Identity());
    }

    private static void Visit(Graph graph, GraphEditor editor, Layouts layouts, Node node)
    {
        if (node is { Op: Transpose { Permutation: { Count: 4 } permutation } })
            VisitTranspose(editor, layouts, node, permutation);
        else if (Converted(graph, layouts, node) is { } op)
            AddTwin(graph, editor, layouts, node, op);
        else
            layouts.Keep(node);
    }

    // A transpose between the layouts is a twin itself; any other starts from the layout that is there.
    private static void VisitTranspose(GraphEditor editor, Layouts layouts, Node node, EquatableArray<int> permutation)
    {
        string x = node.Inputs[0];
        if (permutation == Layouts.ToLast)
            layouts.SetFirst(node.Output, layouts.Last(x, node.Origin));
        else if (permutation == Layouts.ToFirst)
            layouts.SetLast(node.Output, layouts.First(x));
        else if (!layouts.HasLast(x))
            layouts.Keep(node);
        else
            layouts.SetFirst(node.Output, editor.Add(
                node.Output,
                new Transpose([.. permutation.Select(axis => Layouts.ToFirst[axis])]),
                [layouts.Last(x, node.Origin)],
                node.Origin,
                editor.TypeOf(node.Output)));
    }

    // The operator on twins, null where the node keeps the original layout.
    private static Operator? Converted(Graph graph, Layouts layouts, Node node)
    {
        var op = (Operator)node.Op;
        if (node.Outputs.Any(output => output.Length > 0 && graph.TypeOf(output).Shape.Rank != 4))
            return null;
        bool follows = node.Inputs.Any(input => input.Length > 0 && layouts.HasLast(input));
        return op.NeedsChannelsLast || follows ? op.ToChannelsLast(InferContext.Of(graph, node)) : null;
    }

    private static void AddTwin(Graph graph, GraphEditor editor, Layouts layouts, Node node, Operator op)
    {
        var inputs = ImmutableArray.CreateBuilder<string>();
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            string input = node.Inputs[i];
            bool follows = input.Length > 0 && ((Operator)node.Op).RoleOf(i) is not (ParameterRole or BiasRole);
            inputs.Add(
                !follows ? input.Length == 0 ? "" : layouts.First(input)
                : graph.TypeOf(input).Shape.Rank == 4 ? layouts.Last(input, node.Origin)
                : layouts.LastBroadcast(input, node.Origin));
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
