using Edgec.Import.Proto;
using Edgec.Ops;
using Edgec.Runtime;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace Edgec.Tests.Ops;

/// <summary>What ONNX Runtime says a single operator gives.</summary>
internal static class OnnxRuntimeOracle
{
    public static Tensor[] Run(
        string type, string domain, int opset, IEnumerable<(string Name, AttributeValue Value)> attributes, Tensor?[] inputs, int outputs)
    {
        byte[] model = Model(type, domain, opset, attributes, inputs, outputs).ToByteArray();
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = new InferenceSession(model, options);
        var values = inputs.Select((t, i) => (t, i)).Where(p => p.t is not null).ToDictionary(p => $"i{p.i}", p => ToOrt(p.t!));
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, values, [.. Enumerable.Range(0, outputs).Select(i => $"o{i}")]);
        Tensor[] tensors = [.. results.Select(FromOrt)];
        foreach (OrtValue value in values.Values)
            value.Dispose();
        return tensors;
    }

    private static ModelProto Model(
        string type, string domain, int opset, IEnumerable<(string Name, AttributeValue Value)> attributes, Tensor?[] inputs, int outputs)
    {
        var node = new NodeProto { OpType = type, Domain = domain };
        node.Input.AddRange(inputs.Select((t, i) => t is null ? "" : $"i{i}"));
        node.Output.AddRange(Enumerable.Range(0, outputs).Select(i => $"o{i}"));
        node.Attribute.AddRange(attributes.Select(a => ToProto(a.Name, a.Value)));
        var graph = new GraphProto { Name = "single" };
        graph.Node.Add(node);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is { } tensor)
                graph.Input.Add(Port($"i{i}", tensor));
        }

        graph.Output.AddRange(Enumerable.Range(0, outputs).Select(i => new ValueInfoProto { Name = $"o{i}" }));
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = domain.Length == 0 ? opset : 17 });
        if (domain.Length > 0)
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = opset });
        return model;
    }

    private static ValueInfoProto Port(string name, Tensor tensor)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(tensor.Shape.Select(extent => new TensorShapeProto.Types.Dimension { DimValue = extent }));
        return new() { Name = name, Type = new TypeProto { TensorType = new() { ElemType = OnnxElement.Code(tensor.Element), Shape = shape } } };
    }

    private static AttributeProto ToProto(string name, AttributeValue value)
    {
        var proto = new AttributeProto { Name = name };
        switch (value)
        {
            case IntegerValue v:
                (proto.Type, proto.I) = (AttributeProto.Types.AttributeType.Int, v.Value);
                break;
            case FloatValue v:
                (proto.Type, proto.F) = (AttributeProto.Types.AttributeType.Float, v.Value);
                break;
            case TextValue v:
                (proto.Type, proto.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(v.Value));
                break;
            case IntegersValue v:
                proto.Type = AttributeProto.Types.AttributeType.Ints;
                proto.Ints.AddRange(v.Values);
                break;
            case FloatsValue v:
                proto.Type = AttributeProto.Types.AttributeType.Floats;
                proto.Floats.AddRange(v.Values);
                break;
            case TensorValue v:
                proto.Type = AttributeProto.Types.AttributeType.Tensor;
                proto.T = new TensorProto { DataType = OnnxElement.Code(v.Value.Element), RawData = ByteString.CopyFrom(v.Value.Bytes) };
                proto.T.Dims.AddRange(v.Value.Shape.Select(extent => (long)extent));
                break;
            default:
                throw new NotSupportedException(value.GetType().Name);
        }

        return proto;
    }

    private static OrtValue ToOrt(Tensor tensor)
    {
        long[] shape = [.. tensor.Shape.Select(extent => (long)extent)];
        return tensor.Element switch
        {
            ElementType.F32 => OrtValue.CreateTensorValueFromMemory(tensor.Span<float>().ToArray(), shape),
            ElementType.I32 => OrtValue.CreateTensorValueFromMemory(tensor.Span<int>().ToArray(), shape),
            ElementType.I64 => OrtValue.CreateTensorValueFromMemory(tensor.Span<long>().ToArray(), shape),
            ElementType.I8 => OrtValue.CreateTensorValueFromMemory(tensor.Span<sbyte>().ToArray(), shape),
            ElementType.U8 => OrtValue.CreateTensorValueFromMemory(tensor.Span<byte>().ToArray(), shape),
            ElementType.Bool => OrtValue.CreateTensorValueFromMemory(tensor.Span<bool>().ToArray(), shape),
            _ => throw new NotSupportedException(tensor.Element.Text()),
        };
    }

    private static Tensor FromOrt(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        Shape shape = [.. info.Shape.Select(extent => (int)extent)];
        return OnnxElement.FromCode((int)info.ElementDataType) switch
        {
            ElementType.F32 => Tensor.Of(shape, value.GetTensorDataAsSpan<float>()),
            ElementType.I32 => Tensor.Of(shape, value.GetTensorDataAsSpan<int>()),
            ElementType.I64 => Tensor.Of(shape, value.GetTensorDataAsSpan<long>()),
            ElementType.I8 => Tensor.Of(shape, value.GetTensorDataAsSpan<sbyte>()),
            ElementType.U8 => Tensor.Of(shape, value.GetTensorDataAsSpan<byte>()),
            ElementType.Bool => Tensor.Of(shape, value.GetTensorDataAsSpan<bool>()),
            var other => throw new NotSupportedException(other.Text()),
        };
    }
}
