using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Ops;
using Edgec.Runtime;
using static Edgec.Import.Proto.AttributeProto.Types;

namespace Edgec.Import;

/// <summary>Attributes of ONNX nodes as operators read them.</summary>
internal sealed class AttributeConverter(string model, TensorReader tensors, DiagnosticBag diagnostics)
{
    /// <summary>The attributes by name. Those edgec has no value for are reported and left out.</summary>
    public IReadOnlyDictionary<string, AttributeValue> Convert(ModelNode node)
    {
        var values = new Dictionary<string, AttributeValue>();
        foreach (AttributeProto attribute in node.Attributes)
        {
            if (Convert(node, attribute) is { } value && !values.TryAdd(attribute.Name, value))
                diagnostics.Add(Diagnostic.Error("EC1114", node.Location(model), $"Attribute {attribute.Name} is set twice. Remove one."));
        }

        return values;
    }

    /// <summary>The value of a Constant node, null after a diagnostic.</summary>
    public Tensor? Constant(ModelNode node)
    {
        if (node.Attributes is [{ SparseTensor: { } sparse }])
            return tensors.Read(sparse, node.Name);
        Tensor? value = Convert(node).Values.FirstOrDefault() switch
        {
            TensorValue v => v.Value,
            FloatValue v => Tensor.Scalar(v.Value),
            IntegerValue v => Tensor.Scalar(v.Value),
            FloatsValue v => Tensor.Of([v.Values.Count], v.Values.AsSpan()),
            IntegersValue v => Tensor.Of([v.Values.Count], v.Values.AsSpan()),
            _ => null,
        };
        if (value is null && !diagnostics.HasErrors)
            diagnostics.Add(Diagnostic.Error("EC1114", node.Location(model), "The constant has no numeric value. Give it a tensor."));
        return value;
    }

    private AttributeValue? Convert(ModelNode node, AttributeProto a)
    {
        switch (TypeOf(a))
        {
            case AttributeType.Float:
                return new FloatValue(a.F);
            case AttributeType.Int:
                return new IntegerValue(a.I);
            case AttributeType.String:
                return new TextValue(a.S.ToStringUtf8());
            case AttributeType.Tensor:
                return tensors.Read(a.T ?? new(), node.Name) is { } tensor ? new TensorValue(tensor) : null;
            case AttributeType.Floats:
                return new FloatsValue([.. a.Floats]);
            case AttributeType.Ints:
                return new IntegersValue([.. a.Ints]);
            case AttributeType.Strings:
                return new TextsValue([.. a.Strings.Select(s => s.ToStringUtf8())]);
            case AttributeType.Graph or AttributeType.Graphs:
                diagnostics.Add(Diagnostic.Error(
                    "EC1112", node.Location(model), $"{node.OpType} holds a graph of its own in {a.Name}, and of such nodes edgec takes If and Loop. Export the model without it, or simplify it first."));
                return null;
            default:
                diagnostics.Add(Diagnostic.Error(
                    "EC1114", node.Location(model), $"Attribute {a.Name} is of a kind ({TypeOf(a)}) that edgec does not know. Remove it, or replace {node.OpType}."));
                return null;
        }
    }

    // IR version 1 does not say the type: the field that is there tells.
    private static AttributeType TypeOf(AttributeProto a) => a switch
    {
        { HasType: true, Type: not AttributeType.Undefined } => a.Type,
        { HasF: true } => AttributeType.Float,
        { HasI: true } => AttributeType.Int,
        { HasS: true } => AttributeType.String,
        { T: not null } => AttributeType.Tensor,
        { G: not null } => AttributeType.Graph,
        { Floats.Count: > 0 } => AttributeType.Floats,
        { Strings.Count: > 0 } => AttributeType.Strings,
        { Tensors.Count: > 0 } => AttributeType.Tensors,
        { Graphs.Count: > 0 } => AttributeType.Graphs,
        _ => AttributeType.Ints,
    };
}
