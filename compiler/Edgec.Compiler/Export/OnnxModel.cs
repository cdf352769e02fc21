using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Google.Protobuf;
using static Edgec.Import.Proto.AttributeProto.Types;

namespace Edgec.Export;

/// <summary>An ONNX model while it is written: nodes and initializers in the order of their making, names that are not taken.</summary>
internal sealed class OnnxModel(string name, int opset)
{
    private readonly HashSet<string> values = [];
    private readonly HashSet<string> nodes = [];
    private readonly SortedDictionary<string, int> domains = new(StringComparer.Ordinal) { [""] = opset };

    public ModelProto Proto { get; } = new() { IrVersion = IrVersionOf(opset), Graph = new GraphProto { Name = name } };

    public int Opset => opset;

    /// <summary>Keeps a name for a value of the graph.</summary>
    public void Take(string value) => values.Add(value);

    /// <summary>A value name that is not taken.</summary>
    public string Fresh(string hint) => Free(values, hint);

    /// <summary>Adds a node with one output and returns it.</summary>
    /// <param name="node">Its name, to which a number is added if it is taken.</param>
    public NodeProto Add(string op, string node, IEnumerable<string> inputs, string output, string domain, IEnumerable<(string Name, AttributeValue Value)> attributes)
    {
        var proto = new NodeProto { OpType = op, Name = Free(nodes, node) };
        if (domain.Length > 0)
            proto.Domain = domain;
        proto.Input.AddRange(inputs);
        proto.Output.Add(output);
        proto.Attribute.AddRange(attributes.Select(attribute => Attribute(attribute.Name, attribute.Value)));
        Proto.Graph.Node.Add(proto);
        domains.TryAdd(domain, 1);
        return proto;
    }

    /// <summary>Adds a function that nodes call, unless it is there already.</summary>
    public void Function(FunctionProto function)
    {
        if (!Proto.Functions.Any(known => (known.Domain, known.Name) == (function.Domain, function.Name)))
            Proto.Functions.Add(function);
    }

    /// <summary>Adds an initializer.</summary>
    public string Initializer(string value, Tensor tensor)
    {
        var proto = new TensorProto { Name = value, DataType = DataTypes.Of(tensor.Element), RawData = ByteString.CopyFrom(tensor.Bytes) };
        proto.Dims.AddRange(tensor.Shape.Select(extent => (long)extent));
        Proto.Graph.Initializer.Add(proto);
        return value;
    }

    /// <summary>Adds an initializer of 4-bit integers.</summary>
    /// <param name="tensor">i8, all in [-8, 7].</param>
    public string Initializer4(string value, Tensor tensor)
    {
        Initializer(value, Tensor.FromBytes(ElementType.U8, [(tensor.Count + 1) / 2], Tensor.PackI4(tensor.Shape, tensor.Span<sbyte>()).Bytes.ToArray()));
        TensorProto proto = Proto.Graph.Initializer[^1];
        proto.DataType = (int)TensorProto.Types.DataType.Int4;
        proto.Dims.Clear();
        proto.Dims.AddRange(tensor.Shape.Select(extent => (long)extent));
        return value;
    }

    /// <summary>The type of an input or output of the graph.</summary>
    public static ValueInfoProto Port(string value, TensorType type)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(type.Shape.Select(extent => new TensorShapeProto.Types.Dimension { DimValue = extent }));
        return new() { Name = value, Type = new() { TensorType = new() { ElemType = DataTypes.Of(type.Element), Shape = shape } } };
    }

    /// <summary>The model with the operator sets it needs.</summary>
    public ModelProto Finish()
    {
        Proto.OpsetImport.AddRange(domains.Select(domain => new OperatorSetIdProto { Domain = domain.Key, Version = domain.Value }));
        return Proto;
    }

    // The first IR version that may hold an operator set, which other readers insist on.
    private static long IrVersionOf(int opset) => opset switch
    {
        <= 14 => 7,
        <= 18 => 8,
        <= 20 => 9,
        <= 22 => 10,
        23 => 11,
        _ => 12,
    };

    private static AttributeProto Attribute(string name, AttributeValue value)
    {
        var proto = new AttributeProto { Name = name };
        switch (value)
        {
            case IntegerValue { Value: var integer }:
                (proto.Type, proto.I) = (AttributeType.Int, integer);
                break;
            case FloatValue { Value: var number }:
                (proto.Type, proto.F) = (AttributeType.Float, number);
                break;
            case TextValue { Value: var text }:
                (proto.Type, proto.S) = (AttributeType.String, ByteString.CopyFromUtf8(text));
                break;
            case IntegersValue { Values: var integers }:
                proto.Type = AttributeType.Ints;
                proto.Ints.AddRange(integers);
                break;
            case FloatsValue { Values: var numbers }:
                proto.Type = AttributeType.Floats;
                proto.Floats.AddRange(numbers);
                break;
            default:
                throw new InvalidOperationException($"no form of {value}");
        }

        return proto;
    }

    private static string Free(HashSet<string> taken, string hint)
    {
        string name = hint;
        for (int i = 1; !taken.Add(name); i++)
            name = $"{hint}_{i}";
        return name;
    }
}
