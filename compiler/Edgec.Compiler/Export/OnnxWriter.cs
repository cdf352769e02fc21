using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Passes;

namespace Edgec.Export;

/// <summary>
/// Writes a quantized graph as an ONNX model that others can compute in float and that imports as the same integers: activations
/// rounded per tensor, weights per channel, biases in steps of scale(x) · scale(w). The same graph gives the same model.
/// </summary>
public static class OnnxWriter
{
    /// <param name="typed">Quantized; a canonical float graph is written as it is.</param>
    /// <param name="canonical">The float graph it was made from.</param>
    /// <param name="tool">Name and version, which the model is signed with.</param>
    /// <param name="model">The file it came from, for diagnostics.</param>
    /// <param name="most">The most bytes of constants; what protobuf can hold by default.</param>
    /// <exception cref="DiagnosticException">A layer has no form in ONNX (EC5201), or the model is too large (EC5202).</exception>
    public static ModelProto Write(Graph typed, Graph canonical, OnnxDialect dialect, string tool, string model, DiagnosticBag bag, long most = int.MaxValue - (1 << 24))
    {
        Graph stated = StatedGraph.Of(typed, canonical, bag, model);
        bag.ThrowIfErrors();
        Verifier.Verify(stated, model, "stating scales", bag);
        Graph images = ChannelsFirst.Run(stated);
        Verifier.Verify(images, model, "channels-first", bag);
        bag.ThrowIfErrors();
        return Write(images, dialect, tool, model, bag, most);
    }

    private static ModelProto Write(Graph graph, OnnxDialect dialect, string tool, string model, DiagnosticBag bag, long most)
    {
        var forms = ImmutableArray.CreateBuilder<(Node Node, OnnxForm Form)>();
        foreach (Node node in graph.Nodes)
        {
            OnnxForm? form = (dialect == OnnxDialect.Qonnx ? QonnxForm.Of(graph, node, bag.Add, model) : QdqForm.Of(graph, node)) ?? OnnxForm.Of(graph, node);
            if (form is not null)
                forms.Add((node, form));
            else
                bag.Add(ExportDiagnostics.NoForm($"{model}({node.Origin} -> {node.Output})", node.Op.Name, dialect == OnnxDialect.Qonnx ? "QONNX" : "ONNX", "edgec writes none that would be read back as the same layer. Cut the model before it"));
        }

        long bytes = graph.Constants.Values.Sum(constant => (long)constant.Bytes.Length);
        if (bytes > most)
            bag.Add(ExportDiagnostics.TooLarge(model, bytes));
        bag.ThrowIfErrors();

        var onnx = new OnnxModel(graph.Name, forms.Select(form => form.Form.Opset).Append(OnnxForm.LowestOpset).Max());
        (onnx.Proto.ProducerName, onnx.Proto.ProducerVersion) = tool.Split(' ') is [var name, var version] ? (name, version) : (tool, "");
        foreach (string value in graph.Types.Keys)
            onnx.Take(value);
        foreach (string input in graph.Inputs)
            onnx.Proto.Graph.Input.Add(OnnxModel.Port(input, graph.TypeOf(input)));
        foreach ((Node node, OnnxForm form) in forms)
        {
            var writer = new NodeWriter(onnx, graph, node);
            form.Write(writer);
            writer.Finish();
        }

        foreach (string constant in onnx.Proto.Graph.Node.SelectMany(node => node.Input).Distinct().Where(graph.Constants.ContainsKey).ToArray())
            onnx.Initializer(constant, graph.Constants[constant]);
        foreach (string output in graph.Outputs)
        {
            onnx.Proto.Graph.Output.Add(OnnxModel.Port(output, graph.TypeOf(output)));
            if (graph.ConstantOf(output) is { } constant)
                onnx.Add("Identity", output, [onnx.Initializer(onnx.Fresh($"{output}_value"), constant)], output, "", []);
        }

        return onnx.Finish();
    }
}
