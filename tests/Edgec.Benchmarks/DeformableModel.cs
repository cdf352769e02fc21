using Edgec.Import.Proto;
using Google.Protobuf;

namespace Edgec.Benchmarks;

/// <summary>A model of one deformable 3x3 convolution between pointwise ones, as decoders have it, with seeded weights.</summary>
internal static class DeformableModel
{
    /// <summary>How the offsets come about.</summary>
    public enum Form
    {
        /// <summary>None: an ordinary convolution.</summary>
        Regular,

        /// <summary>18 for each pixel, any number.</summary>
        Free,

        /// <summary>18 for each pixel, rounded.</summary>
        Rounded,

        /// <summary>One for each pixel, rounded and clamped, times the grid.</summary>
        Square,
    }

    /// <summary>Models of depthwise and of full convolutions, with each form of offsets.</summary>
    /// <returns>Their paths.</returns>
    public static string[] WriteAll()
    {
        string folder = Directory.CreateTempSubdirectory("edgec-deformable-").FullName;
        return
        [
            .. from layer in ((int Extent, int Channels, bool Depthwise)[])[(64, 64, true), (64, 64, false)]
               from form in Enum.GetValues<Form>()
               select Write(folder, layer.Extent, layer.Channels, layer.Depthwise, form),
        ];
    }

    private static string Write(string folder, int extent, int channels, bool depthwise, Form form)
    {
        var random = new Random(1);
        var graph = new GraphProto { Name = "deformable" };
        graph.Input.Add(Port("x", channels, extent));
        graph.Output.Add(Port("y", 16, extent));
        Add("Conv", "c", ["x", Weights("w0", channels, channels, 1)]);
        int numbers = form == Form.Square ? 1 : 18;
        string offsets = "d0";
        if (form != Form.Regular)
            Add("Conv", "d0", ["x", Weights("w1", numbers, channels, 1)]);
        if (form is Form.Rounded or Form.Square)
            Add("Round", offsets = "d1", ["d0"]);
        if (form == Form.Square)
        {
            Constant("lo", [], [-4]);
            Constant("hi", [], [4]);
            Constant("grid", [1, 18, 1, 1], [.. Enumerable.Range(0, 18).Select(i => (float)(i % 2 == 0 ? i / 6 - 1 : i / 2 % 3 - 1))]);
            Add("Clip", "d2", [offsets, "lo", "hi"]);
            Add("Mul", offsets = "d3", ["d2", "grid"]);
        }

        string weights = Weights("w2", channels, depthwise ? 1 : channels, 3);
        NodeProto deform = form == Form.Regular ? Add("Conv", "s", ["c", weights]) : Add("DeformConv", "s", ["c", weights, offsets]);
        deform.Attribute.Add(Ints("pads", 1, 1, 1, 1));
        deform.Attribute.Add(new AttributeProto { Name = "group", Type = AttributeProto.Types.AttributeType.Int, I = depthwise ? channels : 1 });
        Add("Conv", "y", ["s", Weights("w3", 16, channels, 1)]);
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 19 });
        string path = Path.Combine(folder, $"{(depthwise ? "depthwise" : "full")}_{channels}x{extent}x{extent}_{form.ToString().ToLowerInvariant()}.onnx");
        File.WriteAllBytes(path, model.ToByteArray());
        return path;

        NodeProto Add(string op, string output, string[] inputs)
        {
            var node = new NodeProto { OpType = op, Name = output };
            node.Input.AddRange(inputs);
            node.Output.Add(output);
            graph.Node.Add(node);
            return node;
        }

        string Weights(string name, int outputs, int inputs, int kernel)
        {
            float reach = 1 / MathF.Sqrt(inputs * kernel * kernel);
            return Constant(name, [outputs, inputs, kernel, kernel], [.. Enumerable.Range(0, outputs * inputs * kernel * kernel).Select(_ => (float)(random.NextDouble() * 2 - 1) * reach)]);
        }

        string Constant(string name, long[] shape, float[] values)
        {
            var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
            tensor.Dims.AddRange(shape);
            tensor.FloatData.AddRange(values);
            graph.Initializer.Add(tensor);
            return name;
        }
    }

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    private static ValueInfoProto Port(string name, int channels, int extent)
    {
        var type = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new() };
        type.Shape.Dim.AddRange(new long[] { 1, channels, extent, extent }.Select(n => new TensorShapeProto.Types.Dimension { DimValue = n }));
        return new() { Name = name, Type = new() { TensorType = type } };
    }
}
