using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Ops;

namespace Edgec.Import;

/// <summary>
/// Replaces calls of the model's own functions by their bodies, until none is left. A function edgec knows as an operator
/// stays a call of that operator. The branches of an If are laid out beside it, as nodes have no effect but their outputs:
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

    /// <summary>Nodes that inlining may make; a few lines of functions can ask for any number.</summary>
    private const int MaxNodes = 1_000_000;

    private readonly string model;
    private readonly DiagnosticBag diagnostics;
    private readonly Dictionary<(string Domain, string Name, string Overload), (FunctionProto Function, Opsets Opsets)> functions = [];
    private readonly HashSet<string> names;
    private readonly List<ModelNode> flat = [];

    private FunctionInliner(ModelProto proto, string model, DiagnosticBag diagnostics)
    {
        (this.model, this.diagnostics) = (model, diagnostics);
        names = [.. proto.Graph.Node.SelectMany(n => n.Output), .. proto.Graph.Input.Select(i => i.Name), .. proto.Graph.Initializer.Select(i => i.Name)];
        foreach (FunctionProto function in proto.Functions)
        {
            Opsets opsets = Opsets.Read(function.OpsetImport, $"{model}({function.Name})", diagnostics);
            functions[(Opsets.Normalize(function.Domain), function.Name, function.Overload)] = (function, opsets);
        }
    }

    /// <summary>All nodes of the model's graph, in the order of the file.</summary>
    public static IReadOnlyList<ModelNode> Flatten(ModelProto proto, Opsets opsets, string model, DiagnosticBag diagnostics)
    {
        var inliner = new FunctionInliner(proto, model, diagnostics);
        foreach (NodeProto node in proto.Graph.Node)
        {
            if (!inliner.Add(ModelNode.From(node, opsets), name => name, []))
                break;
        }

        return inliner.flat;
    }

    // The scope gives values that a branch takes from around it their names in the flat graph.
    private bool Add(ModelNode node, Func<string, string> scope, ImmutableArray<FunctionProto> callers)
    {
        if (node is { Domain: "", OpType: "If", Inputs.Length: 1 })
            return Branches(node, scope, callers);
        bool isCall = functions.TryGetValue((node.Domain, node.OpType, node.Overload), out (FunctionProto Function, Opsets Opsets) called);
        if (!isCall || OpTable.FindOnnx(node.Domain, node.OpType) is not null)
        {
            flat.Add(node);
            return flat.Count <= MaxNodes || Refuse(node, $"Inlining its functions makes more than {MaxNodes} nodes.");
        }

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

        string Local(string value) => values.TryGetValue(value, out string? known) ? known : values[value] = Fresh($"{call.Name}/{value}");

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
            if (call.Outputs[i].Length > 0 && value != call.Outputs[i])
                flat.Add(new(call.Name, "", "Identity", "", [value], [call.Outputs[i]], [], opsets));
        }

        return true;
    }

    private bool Branches(ModelNode choice, Func<string, string> scope, ImmutableArray<FunctionProto> callers)
    {
        var inputs = new List<string>(choice.Inputs);
        foreach ((string attribute, string branch) in (ReadOnlySpan<(string, string)>)[("then_branch", "then"), ("else_branch", "else")])
        {
            if (choice.Attributes.FirstOrDefault(a => a.Name == attribute)?.G is not { } body || body.Output.Count < choice.Outputs.Length)
                return Refuse(choice, $"Attribute {attribute} is no graph with {choice.Outputs.Length} outputs.");
            string place = $"{choice.Name}/{branch}";
            Dictionary<string, string> own = body.Initializer.Select(i => i.Name).Concat(body.Node.SelectMany(n => n.Output))
                .Where(value => value.Length > 0).Distinct().ToDictionary(value => value, value => Fresh($"{place}/{value}"));
            string Inner(string value) => own.TryGetValue(value, out string? known) ? known : scope(value);
            foreach (TensorProto initializer in body.Initializer)
            {
                AttributeProto value = new() { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = initializer };
                flat.Add(new($"{place}/{initializer.Name}", "", "Constant", "", [], [Inner(initializer.Name)], [value], choice.Opsets));
            }

            foreach (NodeProto inner in body.Node)
            {
                ModelNode node = ModelNode.From(inner, choice.Opsets);
                ModelNode placed = node with { Name = $"{place}/{node.Name}", Inputs = [.. node.Inputs.Select(Inner)], Outputs = [.. node.Outputs.Select(Inner)] };
                if (!Add(placed, Inner, callers))
                    return false;
            }

            inputs.AddRange(body.Output.Take(choice.Outputs.Length).Select(output => Inner(output.Name)));
        }

        flat.Add(choice with { Inputs = [.. inputs], Attributes = [] });
        return true;
    }

    private string Fresh(string hint)
    {
        string name = hint;
        for (int i = 1; !names.Add(name); i++)
            name = $"{hint}_{i}";
        return name;
    }

    // The attribute as the call sets it, else the function's default, else none.
    private static AttributeProto? Resolve(AttributeProto attribute, ModelNode call, FunctionProto function)
    {
        if (attribute.RefAttrName.Length == 0)
            return attribute;
        AttributeProto? given = call.Attributes.FirstOrDefault(a => a.Name == attribute.RefAttrName)
            ?? function.AttributeProto.FirstOrDefault(a => a.Name == attribute.RefAttrName);
        if (given is null)
            return null;
        AttributeProto copy = given.Clone();
        copy.Name = attribute.Name;
        return copy;
    }

    private bool Refuse(ModelNode node, string fault)
    {
        diagnostics.Add(Diagnostic.Error("EC1113", node.Location(model), $"{fault} Export the model without functions and branches."));
        return false;
    }
}
