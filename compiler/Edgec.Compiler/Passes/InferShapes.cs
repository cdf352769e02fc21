using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Gives every value its type, in one walk. Shapes that a model computes are constants by the time they are needed:
/// <code>
///   %s = shape(%x)            =>    #s = [1,8,4,4]
///   %n = gather(%s, #zero)    =>    #n = [1]
///   %y = reshape(%x, %r)      =>    %y = reshape(%x, #r) : f32[1,128]
/// </code>
/// </summary>
/// <param name="Limit">Elements up to which a known value is computed here; larger ones are left to fold-constants.</param>
public sealed record InferShapes(int Limit = InferShapes.DefaultLimit) : Pass
{
    public const int DefaultLimit = 4096;

    public static readonly PassDef Def = new(
        "infer-shapes", "Gives every value its element type and static shape.", a => new InferShapes(a.Int("limit", DefaultLimit)));

    public override string Name => "infer-shapes";

    public override Level Accepts => Level.Imported;

    public override Level AcceptsUpTo => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        var unknown = new HashSet<string>(); // values behind a node that was reported: nothing more is said of them
        foreach (Node node in graph.Nodes)
        {
            if (node.Inputs.Any(unknown.Contains) || !context.Try(node, () => Visit(editor, node)))
                unknown.UnionWith(node.Outputs.Where(output => output.Length > 0));
        }

        return unknown.Count > 0 ? graph : editor.Finish(null, new Identity());
    }

    private void Visit(GraphEditor editor, Node node)
    {
        InferContext known = ConstantEvaluation.ContextOf(editor, node);
        ImmutableArray<TensorType> types = ((Operator)node.Op).Infer(known);
        if (types.Length < node.Outputs.Length)
            throw OperatorException.Invalid($"Operator {node.Op.Name} has {types.Length} outputs, not {node.Outputs.Length}. Remove those that are not part of it.");
        if (types.FirstOrDefault(type => type.Bytes > Array.MaxLength) is { } huge)
            throw new OperatorException("EC2003", $"The result {huge} would take {huge.Bytes} bytes. Bind smaller dimensions with --dim or --shape.");
        bool small = Enumerable.Range(0, node.Inputs.Length).All(i => known.Constant(i) is not { } c || c.Count <= Limit)
            && types.All(type => type.Shape.ElementCount <= Limit);
        if (small && ConstantEvaluation.Evaluate(node, known, types, Limit) is { } values)
        {
            ConstantEvaluation.SetConstants(editor, node, values);
            return;
        }

        for (int i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i].Length > 0)
                editor.SetType(node.Outputs[i], types[i]);
        }

        editor.Keep(node);
    }
}
