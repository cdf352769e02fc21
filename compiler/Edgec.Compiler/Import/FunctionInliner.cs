using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Ops;

namespace Edgec.Import;

/// <summary>
/// Replaces calls of the model's own functions by their bodies, until none is left. A function edgec knows as an operator
/// stays a call of that operator. The branches of an If are laid out beside it, as nodes have no effect but their outputs, and loops
/// are written out (<see cref="UnrolledLoop"/>):
/// <code>
///   y = my.Scale(x) {by=2}                    =>    call/c = Constant() {value_float=2}
///                                                   y = Mul(x, call/c)
///   y = If(c) {then: t = Abs(x) -> t,         =>    if/then/t = Abs(x)
///              else: e = Neg(x) -> e}               if/else/e = Neg(x)
///                                                   y = If(c, if/then/t, if/else/e)
/// </code>
/// </summary>
internal sealed class FunctionInliner
{
    /// <summary>Calls within calls.</summary>
    private const int MaxDepth = 64;

    private readonly FlatNodes flat;
    private readonly Dictionary<(string Domain, string Name, string Overload), (FunctionProto Function, Opsets Opsets)> functions = [];

    private FunctionInliner(ModelProto proto, string model, TensorReader tensors, DiagnosticBag diagnostics)
    {
        flat = new(proto.Graph, model, tensors, diagnostics);
        foreach (FunctionProto function in proto.Functions)
        {
            Opsets opsets = Opsets.Read(function.OpsetImport, $"{model}({function.Name})", diagnostics);
            functions[(Opsets.Normalize(function.Domain), function.Name, function.Overload)] = (function, opsets);
        }
    }

    /// <summary>All nodes of the model's graph, in the order of the file.</summary>
    public static IReadOnlyList<ModelNode> Flatten(ModelProto proto, Opsets opsets, string model, TensorReader tensors, DiagnosticBag diagnostics)
    {
        var inliner = new FunctionInliner(proto, model, tensors, diagnostics);
        foreach (NodeProto node in proto.Graph.Node)
        {
            if (!inliner.Add(ModelNode.From(node, opsets), name => name, []))
                break;
        }

        return inliner.flat.Nodes;
    }

    // The scope gives values that a branch takes from around it their names in the flat graph.
    private bool Add(ModelNode node, Func<string, string> scope, ImmutableArray<FunctionProto> callers)
    {
        if (node is { Domain: "", OpType: "If", Inputs.Length: 1 })
            return Branches(node, scope, Inner(callers));
        if (node is { Domain: "", OpType: "Loop" })
            return new UnrolledLoop(flat, Inner(callers)).Add(node, scope);
        bool isCall = functions.TryGetValue((node.Domain, node.OpType, node.Overload), out (FunctionProto Function, Opsets Opsets) called);
        if (!isCall || OpTable.FindOnnx(node.Domain, node.OpType) is not null)
            return flat.Add(node);
        if (callers.Contains(called.Function) || callers.Length >= MaxDepth)
            return Refuse(node, $"Function {node.OpType} calls itself, or calls are {MaxDepth} deep.");
        return Body(node, called.Function, called.Opsets, callers.Add(called.Function));
    }

    private bool Body(ModelNode call, FunctionProto function, Opsets opsets, ImmutableArray<FunctionProto> callers)
    {
        var values = new Dictionary<string, string> { [""] = "" };
        for (int i = 0; i < function.Input.Count; i++)
            values[function.Input[i]] = i < call.Inputs.Length ? call.Inputs[i] : "";
        for (int i = 0; i < function.Output.Count && i < call.Outputs.Length; i++)
        {
            // An output that is also an input is passed through; its two names are joined by an identity below.
            if (call.Outputs[i].Length > 0 && !values.ContainsKey(function.Output[i]))
                values[function.Output[i]] = call.Outputs[i];
        }

        string Local(string value) => values.TryGetValue(value, out string? known) ? known : values[value] = flat.Fresh($"{call.Name}/{value}");

        foreach (NodeProto inner in function.Node)
        {
            ModelNode node = ModelNode.From(inner, opsets);
            ModelNode placed = node with
            {
                Name = $"{call.Name}/{node.Name}",
                Inputs = [.. node.Inputs.Select(Local)],
                Outputs = [.. node.Outputs.Select(Local)],
                Attributes = [.. node.Attributes.Select(a => Resolve(a, call, function)).OfType<AttributeProto>()],
            };
            if (!Add(placed, Local, callers))
                return false;
        }

        for (int i = 0; i < function.Output.Count && i < call.Outputs.Length; i++)
        {
            string value = Local(function.Output[i]);
            if (call.Outputs[i].Length > 0 && value != call.Outputs[i] && !flat.Add(new(call.Name, "", "Identity", "", [value], [call.Outputs[i]], [], opsets)))
                return false;
        }

        return true;
    }

    private bool Branches(ModelNode choice, Func<string, string> scope, InnerGraph inner)
    {
        var inputs = new List<string>(choice.Inputs);
        foreach ((string attribute, string branch) in (ReadOnlySpan<(string, string)>)[("then_branch", "then"), ("else_branch", "else")])
        {
            if (choice.Attributes.FirstOrDefault(a => a.Name == attribute)?.G is not { } body || body.Output.Count < choice.Outputs.Length)
                return Refuse(choice, $"Attribute {attribute} is no graph with {choice.Outputs.Length} outputs.");
            string place = $"{choice.Name}/{branch}";
            if (inner.Constants(body, place, choice.Opsets) is not { } constants || inner.Nodes(body, place, choice.Opsets, constants, scope) is not { } names)
                return false;
            inputs.AddRange(body.Output.Take(choice.Outputs.Length).Select(output => names(output.Name)));
        }

        return flat.Add(choice with { Inputs = [.. inputs], Attributes = [] });
    }

    private InnerGraph Inner(ImmutableArray<FunctionProto> callers) => new(flat, (node, scope) => Add(node, scope, callers));

    // The attribute as the call sets it, else the function's default, else none; so too in the graphs that it holds.
    private static AttributeProto? Resolve(AttributeProto attribute, ModelNode call, FunctionProto function)
    {
        if (attribute.RefAttrName.Length == 0)
        {
            if (attribute.G is null || !Refers(attribute.G))
                return attribute;
            AttributeProto resolved = attribute.Clone();
            foreach (NodeProto node in resolved.G.Node)
            {
                AttributeProto[] own = [.. node.Attribute.Select(a => Resolve(a, call, function)).OfType<AttributeProto>()];
                node.Attribute.Clear();
                node.Attribute.AddRange(own);
            }

            return resolved;
        }

        AttributeProto? given = call.Attributes.FirstOrDefault(a => a.Name == attribute.RefAttrName)
            ?? function.AttributeProto.FirstOrDefault(a => a.Name == attribute.RefAttrName);
        if (given is null)
            return null;
        AttributeProto copy = given.Clone();
        copy.Name = attribute.Name;
        return copy;
    }

    private static bool Refers(GraphProto graph) =>
        graph.Node.Any(node => node.Attribute.Any(a => a.RefAttrName.Length > 0 || (a.G is not null && Refers(a.G))));

    private bool Refuse(ModelNode node, string fault) => flat.Refuse(node, "EC1113", $"{fault} Export the model without functions, branches and loops.");
}
