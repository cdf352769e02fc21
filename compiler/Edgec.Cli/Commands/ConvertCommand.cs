using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Export;
using Edgec.Import.Proto;
using Edgec.Ir;
using Google.Protobuf;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec convert MODEL --to qdq|qonnx</c>: the quantized model as ONNX, for others to compute.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var model = new ModelOptions();
        var to = new Option<string>("--to") { Description = "qdq: QuantizeLinear and DequantizeLinear around float operators; qonnx: Quant of QONNX.", Required = true, HelpName = "qdq|qonnx" };
        var file = new Option<string?>("-o", "--output-file") { Description = "Where the model goes; MODEL.qdq.onnx or MODEL.qonnx.onnx by default.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("convert", "Writes the quantized model as ONNX, so that others can compute it.");
        model.AddTo(command);
        command.Add(to);
        command.Add(file);
        command.Add(json);
        command.SetAction(parsed =>
        {
            // ONNX has no word for fused attention that says how its probabilities are quantized: its parts do.
            CompileOptions options = model.Read(parsed) with { Separate = true };
            string name = parsed.GetValue(to)!;
            OnnxDialect dialect = name switch
            {
                "qdq" => OnnxDialect.Qdq,
                "qonnx" => OnnxDialect.Qonnx,
                _ => throw new DiagnosticException(CommandDiagnostics.WrongValue("--to", name, "it is qdq or qonnx")),
            };
            var diagnostics = new DiagnosticBag();
            ModelProto written = Screen.Watch(progress =>
            {
                var compiler = new ModelCompiler(options, diagnostics, progress, model.Pipeline(parsed));
                Graph canonical = compiler.Load();
                return OnnxWriter.Write(compiler.Lower(canonical), canonical, dialect, ModelCompiler.Tool, options.Model, diagnostics);
            });
            Screen.Print(diagnostics.Items);
            string path = parsed.GetValue(file) ?? $"{Path.GetFileNameWithoutExtension(options.Model)}.{name}.onnx";
            OutputFile.WriteWhole(path, written.WriteTo);
            long opset = written.OpsetImport.First(set => set.Domain.Length == 0).Version;
            if (parsed.GetValue(json))
                JsonOutput.Print(new JsonObject { ["file"] = path, ["dialect"] = name, ["opset"] = opset, ["nodes"] = written.Graph.Node.Count, ["bytes"] = written.CalculateSize() });
            else
                Console.WriteLine($"{path}: {written.Graph.Node.Count} nodes, operator set {opset}, {written.CalculateSize():n0} bytes");
            return 0;
        });
        return command;
    }
}
