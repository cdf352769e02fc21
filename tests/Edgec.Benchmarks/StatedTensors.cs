using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Runtime;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = Edgec.Runtime.Tensor;

namespace Edgec.Benchmarks;

/// <summary>All 8-bit tensors of a quantized model as ONNX Runtime computes them without optimizations.</summary>
internal sealed class StatedTensors : IDisposable
{
    private readonly Dictionary<string, string> integersOf = [];
    private readonly InferenceSession session;

    public StatedTensors(string model, DiagnosticBag diagnostics)
    {
        ModelProto proto = OnnxFile.Load(model, diagnostics).Model.Clone();
        Dictionary<string, int> types = proto.Graph.Initializer.ToDictionary(constant => constant.Name, constant => constant.DataType);
        foreach (NodeProto node in proto.Graph.Node)
        {
            // The zero point says the type of the integers.
            bool quantizes = node.OpType == "QuantizeLinear";
            if (!quantizes && !node.OpType.StartsWith("QLinear", StringComparison.Ordinal))
                continue;
            int type = types.GetValueOrDefault(node.Input[^1], types.GetValueOrDefault(node.Input.Count > 7 ? node.Input[7] : "", (int)TensorProto.Types.DataType.Uint8));
            if (type is not ((int)TensorProto.Types.DataType.Uint8 or (int)TensorProto.Types.DataType.Int8))
                continue;
            string integers = node.Output[0];
            integersOf.TryAdd(quantizes ? node.Input[0] : integers, integers);
            if (proto.Graph.Output.All(output => output.Name != integers))
                proto.Graph.Output.Add(new ValueInfoProto { Name = integers, Type = new() { TensorType = new() { ElemType = type } } });
        }

        using var settings = new SessionOptions { IntraOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        session = new(proto.ToByteArray(), settings);
    }

    /// <summary>The integers by the name of the float value they were made from, or their own; as i8 stores them (u8 less 128).</summary>
    public Dictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> sample)
    {
        var feeds = sample.ToDictionary(pair => pair.Key, pair => OrtTensors.Of(pair.Value));
        using var options = new RunOptions();
        string[] names = [.. integersOf.Values];
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, feeds, names);
        var tensors = integersOf.Keys.Zip(results).ToDictionary(pair => pair.First, pair => Stored(pair.Second));
        foreach (OrtValue feed in feeds.Values)
            feed.Dispose();
        return tensors;
    }

    public void Dispose() => session.Dispose();

    private static Tensor Stored(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        byte[] bytes = value.GetTensorMutableRawData().ToArray();
        int down = info.ElementDataType == TensorElementType.UInt8 ? 128 : 0;
        return Tensor.Of<sbyte>([.. info.Shape.Select(extent => (int)extent)], [.. bytes.Select(b => unchecked((sbyte)(b - down)))]);
    }
}
