using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Passes;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Edgec.Tests.Import;
using Google.Protobuf;

namespace Edgec.Tests.Evaluate.Sensitivity;

/// <summary>
/// A network made to have one layer that 8 bits hurt: of the channels that <c>loud</c> computes the first is <see cref="Loudness"/> times
/// larger than the others, so that one scale for all leaves a step or two for each of them. The two layers that read it hardly use
/// that channel. All other layers are ordinary. It is also the network of examples/loud-layer.
/// </summary>
internal static class LoudModel
{
    public const int Loudness = 256, Samples = 4;

    /// <summary>The layer that hurts, and the layers that read its values.</summary>
    public static readonly string[] Loud = ["loud", "branch", "skip"];

    /// <summary>The ONNX file.</summary>
    public static byte[] Bytes()
    {
        const int Channels = 8, Classes = 10;
        var random = new Random(7);
        ModelBuilder model = new ModelBuilder().Input("image", 1, 3, 16, 16).Output("scores");
        Conv("stem", "image", "stem_sum", Channels, 3, 3, (_, _) => 1).Node("Relu", "stem_sum", "stem_value", "stem_relu");
        Conv("body", "stem_value", "body_sum", Channels, Channels, 3, (_, _) => 1).Node("Relu", "body_sum", "body_value", "body_relu");
        Conv("loud", "body_value", "loud_value", Channels, Channels, 3, (channel, _) => channel == 0 ? Loudness : 1);
        Conv("branch", "loud_value", "branch_value", Channels, Channels, 3, (_, channel) => channel == 0 ? 1.0 / (Loudness * Loudness) : 1);
        Conv("skip", "loud_value", "skip_value", Channels, Channels, 1, (_, channel) => channel == 0 ? 1.0 / (Loudness * Loudness) : 1);
        model.Node("Add", "branch_value skip_value", "join_sum", "join").Node("Relu", "join_sum", "join_value", "join_relu");
        Conv("late", "join_value", "late_sum", Channels, Channels, 3, (_, _) => 1).Node("Relu", "late_sum", "late_value", "late_relu");
        model.Node("GlobalAveragePool", "late_value", "pooled", "pool").Node("Flatten", "pooled", "flat", "flatten");
        Weights("head_w", [Classes, Channels], (_, _) => 1);
        model.Node("Gemm", "flat head_w", "scores", "head", attributes: ModelBuilder.Attribute("transB", 1));
        model.Model.Graph.Name = "loud";
        return model.Model.ToByteArray();

        ModelBuilder Conv(string name, string input, string output, int to, int from, int side, Func<int, int, double> gain)
        {
            Weights($"{name}_w", [to, from, side, side], gain);
            return model.Node("Conv", $"{input} {name}_w", output, name, "", Numbers("kernel_shape", side, side), Numbers("pads", side / 2, side / 2, side / 2, side / 2));
        }

        // Uniform, so that a sum of them has the variance of its inputs.
        void Weights(string name, int[] shape, Func<int, int, double> gain)
        {
            int inner = shape.Skip(2).Aggregate(1, (a, b) => a * b), count = shape[0] * shape[1] * inner;
            double reach = Math.Sqrt(6.0 / (shape[1] * inner));
            var tensor = new TensorProto { Name = name, DataType = 1 };
            tensor.Dims.AddRange(shape.Select(extent => (long)extent));
            tensor.FloatData.AddRange(Enumerable.Range(0, count).Select(i => (float)(reach * (2 * random.NextDouble() - 1) * gain(i / inner / shape[1], i / inner % shape[1]))));
            model.Model.Graph.Initializer.Add(tensor);
        }
    }

    /// <summary>The canonical graph.</summary>
    public static Graph Graph()
    {
        var bag = new DiagnosticBag();
        Graph imported = ModelImporter.Import(new OnnxFile("loud.onnx", "/", ModelProto.Parser.ParseFrom(Bytes())), ImportOptions.None, bag);
        bag.ThrowIfErrors();
        return Pipelines.Prepare.Run(imported, new("loud.onnx", bag));
    }

    /// <summary>Seeded noise.</summary>
    public static DataSet Data(Graph graph) => DataSet.Noise(ModelCompiler.Inputs(graph), Samples, 1);

    /// <summary>Calibrates on the data and gives the function that quantizes.</summary>
    public static Func<PrecisionPlan, Graph> Quantizing(Graph graph)
    {
        DataSet data = Data(graph);
        Dictionary<string, ValueRange> ranges = Calibrator.Calibrate(graph, Enumerable.Range(0, data.Count).Select(data.Sample), new(), "loud.onnx");
        return plan => plan.IsFloat ? graph : Quantizer.Quantize(graph, ranges, plan, new(), "loud.onnx");
    }

    private static AttributeProto Numbers(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }
}
