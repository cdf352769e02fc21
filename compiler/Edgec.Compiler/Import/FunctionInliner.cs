using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Ops;

namespace Edgec.Import;

/// <summary>
/// Replaces calls of the model's own functions by their bodies, until none is left. A function edgec knows as an operator
/// stays a call of that operator.
/// <code>
///   y = my.Scale(x) {by=2}    =>    call/c = Constant() {value_float=2}
///                                   y = Mul(x, call/c)
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
            if (!inliner.Add(ModelNode.From(node, opsets), []))
                break;
        }

        return inliner.flat;
    }

    private bool Add(ModelNode node, ImmutableArray<FunctionProto> callers)
    {
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

        string Local(string value)
        {
            if (values.TryGetValue(value, out string? known))
                return known;
            string name = $"{call.Name}/{value}";
            for (int i = 1; !names.Add(name); i++)
                name = $"{call.Name}/{value}_{i}";
            return values[value] = name;
        }

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
            if (!Add(placed, callers))
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
        diagnostics.Add(Diagnostic.Error("EC1113", node.Location(model), $"{fault} Export the model without functions."));
        return false;
    }
}
