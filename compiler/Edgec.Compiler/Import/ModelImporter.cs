using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Import;

/// <summary>Turns a model as it stands in its file into a graph of level <see cref="Level.Imported"/>.</summary>
public sealed class ModelImporter
{
    // What exporters call a graph that nobody has named; the file's name says more.
    private static readonly string[] UnnamedGraphs = ["", "graph", "main_graph", "tf2onnx", "torch-jit-export", "torch_jit"];

    private readonly OnnxFile file;
    private readonly DiagnosticBag diagnostics;
    private readonly TensorReader tensors;
    private readonly AttributeConverter attributes;
    private readonly ImmutableDictionary<string, Tensor>.Builder constants = ImmutableDictionary.CreateBuilder<string, Tensor>();
    private readonly ImmutableDictionary<string, TensorType>.Builder types = ImmutableDictionary.CreateBuilder<string, TensorType>();

    private ModelImporter(OnnxFile file, DiagnosticBag diagnostics)
    {
        (this.file, this.diagnostics) = (file, diagnostics);
        tensors = new(file.Path, diagnostics);
        attributes = new(file.Path, tensors, diagnostics);
    }

    private GraphProto Proto => file.Model.Graph;

    /// <summary>The graph. Values keep their ONNX names; a node is named for its first output and carries its ONNX name as origin.</summary>
    /// <exception cref="DiagnosticException">The model cannot be imported; <paramref name="diagnostics"/> holds every reason.</exception>
    public static Graph Import(OnnxFile file, ImportOptions options, DiagnosticBag diagnostics)
    {
        Graph graph = new ModelImporter(file, diagnostics).Import(options);
        diagnostics.ThrowIfErrors();
        return graph;
    }

    private Graph Import(ImportOptions options)
    {
        Opsets opsets = Opsets.Read(file.Model.OpsetImport, file.Path, diagnostics);
        ReadInitializers();
        ValueInfoProto[] open = [.. Proto.Input.Where(input => !constants.ContainsKey(input.Name)).DistinctBy(input => input.Name)];
        ImmutableArray<(string Name, TensorType Type)> inputs = new InputTypes(file.Path, options, diagnostics).Read(open);
        foreach ((string name, TensorType type) in inputs)
            types[name] = type;
        string[] outputs = [.. Proto.Output.Select(output => output.Name).Distinct()];
        if (outputs.Length == 0)
            Report("EC1115", file.Path, "The model has no output. Declare one.");

        HashSet<string> given = [.. open.Select(input => input.Name), .. Proto.Initializer.Select(i => i.Name), .. Proto.SparseInitializer.Select(i => i.Values?.Name ?? "")];
        IReadOnlyList<ModelNode> all = FunctionInliner.Flatten(file.Model, opsets, file.Path, tensors, diagnostics);
        IReadOnlyList<ModelNode> sorted = NodeOrder.Sort(all, given, outputs, file.Path, diagnostics);
        HashSet<string> defined = [.. given, .. all.SelectMany(node => node.Outputs)];
        foreach (string output in outputs.Where(output => !defined.Contains(output)))
            Report("EC1116", $"{file.Path}({output})", $"Output {output} is defined nowhere. Check the model with the ONNX checker.");
        ImmutableArray<Node> nodes = ReadNodes(sorted);
        string graphName = UnnamedGraphs.Contains(Proto.Name) ? Path.GetFileNameWithoutExtension(file.Path) : Proto.Name;
        return new(graphName, Level.Imported, [.. inputs.Select(i => i.Name)], [.. outputs], nodes, constants.ToImmutable(), types.ToImmutable());
    }

    private void ReadInitializers()
    {
        foreach (TensorProto initializer in Proto.Initializer)
            AddConstant(initializer.Name, tensors.Read(initializer, initializer.Name));
        foreach (SparseTensorProto initializer in Proto.SparseInitializer)
            AddConstant(initializer.Values?.Name ?? "", tensors.Read(initializer, initializer.Values?.Name ?? "sparse initializer"));
    }

    private void AddConstant(string name, Tensor? tensor)
    {
        if (tensor is null)
            return;
        if (!constants.TryAdd(name, tensor))
            Report("EC1102", $"{file.Path}({name})", $"Initializer {name} is defined twice. Give one of them another name.");
        types[name] = new(tensor.Element, tensor.Shape);
    }

    private ImmutableArray<Node> ReadNodes(IReadOnlyList<ModelNode> sorted)
    {
        var nodes = ImmutableArray.CreateBuilder<Node>();
        foreach (IGrouping<(string Domain, string OpType), ModelNode> group in sorted.Where(IsUnknown).GroupBy(node => (node.Domain, node.OpType)))
            ReportUnknown([.. group]);
        foreach (ModelNode node in sorted.Where(node => !IsUnknown(node)))
        {
            if (IsConstant(node))
                AddConstant(node.Outputs[0], attributes.Constant(node));
            else if (ReadOperator(node) is { } op)
                nodes.Add(new(node.Outputs.First(o => o.Length > 0), op, node.Inputs, FirstNamed(node.Outputs), Origin.Of(node.Name)));
        }

        return nodes.ToImmutable();
    }

    // The first output names a node, so it cannot be absent.
    private static ImmutableArray<string> FirstNamed(ImmutableArray<string> outputs) =>
        outputs[0].Length > 0 ? outputs : outputs.SetItem(0, outputs.First(o => o.Length > 0) + "/unused");

    private static bool IsConstant(ModelNode node) => node is { OpType: "Constant", Domain: "", Outputs.Length: 1 };

    private static bool IsUnknown(ModelNode node) => !IsConstant(node) && OpTable.FindOnnx(node.Domain, node.OpType) is null;

    private Operator? ReadOperator(ModelNode node)
    {
        int errors = diagnostics.Items.Count;
        var reader = new AttributeReader(attributes.Convert(node), node.Opsets.VersionOf(node.Domain));
        if (diagnostics.Items.Count != errors)
            return null;
        try
        {
            Operator op = OpTable.FindOnnx(node.Domain, node.OpType)!.Read(reader);
            foreach (string unread in reader.Unread)
            {
                diagnostics.Add(Diagnostic.Warning(
                    "EC1111", node.Location(file.Path), $"Attribute {unread} of {node.OpType} is not known and ignored. Check that opset {reader.Opset} has it."));
            }

            return op;
        }
        catch (OperatorException fault)
        {
            Report(fault.Code, node.Location(file.Path), fault.Message);
            return null;
        }
    }

    private void ReportUnknown(ModelNode[] nodes)
    {
        ModelNode first = nodes[0];
        string name = first.Domain.Length == 0 ? first.OpType : $"{first.Domain}::{first.OpType}";
        string others = nodes.Length == 1 ? "" : $" ({nodes.Length} nodes use it)";
        string hint = Nearest.Hint(first.OpType, OpTable.All.Select(def => def.Onnx).OfType<string>());
        Report("EC1105", first.Location(file.Path), $"Operator {name} of opset {first.Opsets.VersionOf(first.Domain)} is not supported{others}.{hint} Replace it in the model, or cut the model before it.");
    }

    private void Report(string code, string location, string message) => diagnostics.Add(Diagnostic.Error(code, location, message));
}
