using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Edgec.Tests.Ops;

/// <summary>What ONNX Runtime makes of a model of one node.</summary>
internal static class OnnxOracle
{
    public static Tensor[] Run(
        string op, int opset, string domain, List<(string Name, AttributeValue Value)> attributes, List<(Tensor? Value, bool IsConstant)> inputs, int outputs)
    {
        var node = new NodeProto { OpType = op, Domain = domain, Name = "node" };
        var graph = new GraphProto { Name = "case" };
        var feeds = new Dictionary<string, OrtValue>();
        for (int i = 0; i < inputs.Count; i++)
        {
            node.Input.Add(inputs[i].Value is null ? "" : $"x{i}");
            if (inputs[i].Value is not { } tensor)
                continue;
            if (inputs[i].IsConstant)
            {
                var initializer = new TensorProto { Name = $"x{i}", DataType = (int)OnnxType(tensor.Element), RawData = ByteString.CopyFrom(tensor.Bytes) };
                initializer.Dims.AddRange(tensor.Shape.Select(extent => (long)extent));
                graph.Initializer.Add(initializer);
                continue;
            }

            graph.Input.Add(Value($"x{i}", tensor.Element, tensor.Shape));
            feeds[$"x{i}"] = ToOrt(tensor);
        }

        for (int i = 0; i < outputs; i++)
        {
            node.Output.Add($"y{i}");
            graph.Output.Add(new ValueInfoProto { Name = $"y{i}" });
        }

        foreach ((string name, AttributeValue value) in attributes)
            node.Attribute.Add(ToOnnx(name, value));
        graph.Node.Add(node);
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = opset });
        if (domain.Length > 0)
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        Tensor[] tensors = Run(model, feeds);
        foreach (OrtValue feed in feeds.Values)
            feed.Dispose();
        return tensors;
    }

    /// <summary>What it makes of a whole model: its outputs.</summary>
    public static Tensor[] Run(ModelProto model, IReadOnlyDictionary<string, Tensor> inputs)
    {
        Dictionary<string, OrtValue> feeds = inputs.ToDictionary(input => input.Key, input => ToOrt(input.Value));
        Tensor[] tensors = Run(model, feeds);
        foreach (OrtValue feed in feeds.Values)
            feed.Dispose();
        return tensors;
    }

    private static Tensor[] Run(ModelProto model, Dictionary<string, OrtValue> feeds)
    {
        using var plain = new SessionOptions
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
        };
        using var session = new InferenceSession(model.ToByteArray(), plain);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, feeds, [.. model.Graph.Output.Select(output => output.Name)]);
        return [.. results.Select(FromOrt)];
    }

    private static ValueInfoProto Value(string name, ElementType element, Shape shape)
    {
        var type = new TypeProto.Types.Tensor { ElemType = (int)OnnxType(element), Shape = new() };
        type.Shape.Dim.AddRange(shape.Select(extent => new TensorShapeProto.Types.Dimension { DimValue = extent }));
        return new() { Name = name, Type = new() { TensorType = type } };
    }

    private static AttributeProto ToOnnx(string name, AttributeValue value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case IntegerValue v:
                (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, v.Value);
                break;
            case FloatValue v:
                (attribute.Type, attribute.F) = (AttributeProto.Types.AttributeType.Float, v.Value);
                break;
            case TextValue v:
                (attribute.Type, attribute.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(v.Value));
                break;
            case IntegersValue v:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange(v.Values);
                break;
            case FloatsValue v:
                attribute.Type = AttributeProto.Types.AttributeType.Floats;
                attribute.Floats.AddRange(v.Values);
                break;
            case TensorValue { Value: var tensor }:
                attribute.Type = AttributeProto.Types.AttributeType.Tensor;
                attribute.T = new() { DataType = (int)OnnxType(tensor.Element), RawData = ByteString.CopyFrom(tensor.Bytes) };
                attribute.T.Dims.AddRange(tensor.Shape.Select(extent => (long)extent));
                break;
            default:
                throw new NotSupportedException($"attribute {value}");
        }

        return attribute;
    }

    private static OrtValue ToOrt(Tensor tensor)
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(
            OrtAllocator.DefaultInstance, (TensorElementType)OnnxType(tensor.Element), [.. tensor.Shape.Select(extent => (long)extent)]);
        tensor.Bytes.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    private static Tensor FromOrt(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        ElementType element = Enum.GetValues<ElementType>().First(e => e != ElementType.I4 && (int)OnnxType(e) == (int)info.ElementDataType);
        return Tensor.FromBytes(element, Shape.From(info.Shape.Select(extent => (int)extent)), value.GetTensorMutableRawData().ToArray());
    }

    private static TensorProto.Types.DataType OnnxType(ElementType element) => element switch
    {
        ElementType.F32 => TensorProto.Types.DataType.Float,
        ElementType.F64 => TensorProto.Types.DataType.Double,
        ElementType.F16 => TensorProto.Types.DataType.Float16,
        ElementType.BF16 => TensorProto.Types.DataType.Bfloat16,
        ElementType.I8 => TensorProto.Types.DataType.Int8,
        ElementType.U8 => TensorProto.Types.DataType.Uint8,
        ElementType.I16 => TensorProto.Types.DataType.Int16,
        ElementType.U16 => TensorProto.Types.DataType.Uint16,
        ElementType.I32 => TensorProto.Types.DataType.Int32,
        ElementType.U32 => TensorProto.Types.DataType.Uint32,
        ElementType.I64 => TensorProto.Types.DataType.Int64,
        ElementType.U64 => TensorProto.Types.DataType.Uint64,
        ElementType.Bool => TensorProto.Types.DataType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(element)),
    };
}
