using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Ir.Text;
using Google.Protobuf;
using static Edgec.Import.Proto.AttributeProto.Types;

namespace Edgec.Tests.Import;

/// <summary>Small models for tests of the importer, with opset 17 and the file name <c>m.onnx</c>.</summary>
internal sealed class ModelBuilder
{
    public ModelProto Model { get; } = new() { IrVersion = 8, Graph = new GraphProto { Name = "m" } };

    public ModelBuilder() => Model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });

    /// <summary>Dimensions are numbers, names, or null for one that is not said.</summary>
    public ModelBuilder Input(string name, params object?[] dims)
    {
        var shape = new TensorShapeProto();
        foreach (object? dim in dims)
        {
            shape.Dim.Add(dim switch
            {
                string symbol => new TensorShapeProto.Types.Dimension { DimParam = symbol },
                null => new TensorShapeProto.Types.Dimension(),
                _ => new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(dim) },
            });
        }

        Model.Graph.Input.Add(new ValueInfoProto { Name = name, Type = new() { TensorType = new() { ElemType = 1, Shape = shape } } });
        return this;
    }

    public ModelBuilder Output(params string[] names)
    {
        Model.Graph.Output.AddRange(names.Select(name => new ValueInfoProto { Name = name }));
        return this;
    }

    public ModelBuilder Floats(string name, params float[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = 1 };
        tensor.Dims.Add(values.Length);
        tensor.FloatData.AddRange(values);
        Model.Graph.Initializer.Add(tensor);
        return this;
    }

    public ModelBuilder Floats(string name, long[] dims, params float[] values)
    {
        Floats(name, values);
        return Shaped(dims);
    }

    public ModelBuilder Longs(string name, long[] dims, params long[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = 7 };
        tensor.Int64Data.AddRange(values);
        Model.Graph.Initializer.Add(tensor);
        return Shaped(dims);
    }

    private ModelBuilder Shaped(long[] dims)
    {
        TensorProto last = Model.Graph.Initializer[^1];
        last.Dims.Clear();
        last.Dims.AddRange(dims);
        return this;
    }

    /// <summary>A node, for example <c>Node("Conv", "x w", "y", name: "Conv_0")</c>; <c>-</c> is an absent value.</summary>
    public ModelBuilder Node(string op, string inputs, string outputs, string name = "", string domain = "", params AttributeProto[] attributes)
    {
        Model.Graph.Node.Add(Make(op, inputs, outputs, name, domain, attributes));
        return this;
    }

    public static NodeProto Make(string op, string inputs, string outputs, string name = "", string domain = "", params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = op, Name = name, Domain = domain };
        node.Input.AddRange(Values(inputs));
        node.Output.AddRange(Values(outputs));
        node.Attribute.AddRange(attributes);
        return node;
    }

    public static AttributeProto Attribute(string name, object value) => value switch
    {
        float f => new() { Name = name, Type = AttributeType.Float, F = f },
        int i => new() { Name = name, Type = AttributeType.Int, I = i },
        long[] values => new() { Name = name, Type = AttributeType.Ints, Ints = { values } },
        string s => new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(s) },
        GraphProto g => new() { Name = name, Type = AttributeType.Graph, G = g },
        _ => throw new ArgumentException(value.GetType().Name),
    };

    public Graph Import(DiagnosticBag diagnostics, ImportOptions? options = null) =>
        ModelImporter.Import(new OnnxFile("m.onnx", "/", Model), options ?? ImportOptions.None, diagnostics);

    /// <summary>The imported graph as text.</summary>
    public string Text(ImportOptions? options = null) => GraphPrinter.Print(Import(new DiagnosticBag(), options));

    /// <summary>What the importer says, a line each.</summary>
    public string[] Diagnostics(ImportOptions? options = null)
    {
        var diagnostics = new DiagnosticBag();
        try
        {
            Import(diagnostics, options);
        }
        catch (DiagnosticException)
        {
            // The bag holds what it says.
        }

        return [.. diagnostics.Items.Select(item => item.ToString())];
    }

    private static IEnumerable<string> Values(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v == "-" ? "" : v);
}
