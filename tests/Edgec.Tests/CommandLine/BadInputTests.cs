using Edgec.Import.Proto;
using Edgec.Tests.Import;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.CommandLine;

/// <summary>Whatever the input, edgec ends with a coded diagnostic and the right exit code, prints no stack trace and leaves nothing half-written.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void No_such_file() => Refuses(1, "EC1010", "no.onnx");

    [Fact]
    public void Empty_file()
    {
        File.WriteAllBytes(folder.At("m.onnx"), []);
        Refuses(1, "EC1013", "m.onnx");
    }

    [Fact]
    public void Truncated_file()
    {
        byte[] whole = Good().Model.ToByteArray();
        File.WriteAllBytes(folder.At("m.onnx"), whole[..(whole.Length / 2)]);
        Refuses(1, "EC10", "m.onnx");
    }

    [Fact]
    public void A_file_that_is_no_protobuf()
    {
        File.WriteAllText(folder.At("m.onnx"), "this is no model, and no protobuf either\n");
        Refuses(1, "EC10", "m.onnx");
    }

    [Fact]
    public void Unknown_operator() =>
        Refuses(1, "EC1105", Write(new ModelBuilder().Input("x", 1, 4).Node("Frobnicate", "x", "y", name: "Frob_1").Output("y")));

    [Fact]
    public void Cyclic_graph() =>
        Refuses(1, "EC11", Write(new ModelBuilder().Input("x", 1, 4).Node("Add", "x b", "a").Node("Relu", "a", "b").Output("b")));

    [Fact]
    public void Shape_mismatch() =>
        Refuses(1, "EC2001", Write(new ModelBuilder().Input("x", 1, 4).Floats("c", 1, 2, 3).Node("Add", "x c", "y").Output("y")));

    [Fact]
    public void Huge_declared_dimensions() =>
        Refuses(1, "EC", Write(new ModelBuilder().Input("x", 1, 2_000_000_000, 2_000_000_000).Node("Relu", "x", "y").Output("y")));

    [Fact]
    public void A_constant_that_declares_more_than_it_holds()
    {
        ModelBuilder model = Good();
        var tensor = new TensorProto { Name = "w", DataType = 1, RawData = ByteString.CopyFrom(1, 2, 3, 4) };
        tensor.Dims.AddRange([1_000_000, 1_000_000]);
        model.Model.Graph.Initializer.Add(tensor);
        Refuses(1, "EC10", Write(model));
    }

    [Theory]
    [InlineData("weights.bin")]
    [InlineData("../secret.bin")]
    [InlineData("/etc/passwd")]
    public void External_data_that_is_missing_or_leaves_the_folder(string location)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4).Node("Add", "x w", "y").Output("y");
        var tensor = new TensorProto { Name = "w", DataType = 1, DataLocation = TensorProto.Types.DataLocation.External };
        tensor.Dims.Add(4);
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        model.Model.Graph.Initializer.Add(tensor);
        Refuses(1, "EC10", Write(model));
    }

    [Fact]
    public void An_open_dimension_prints_the_flag_to_add()
    {
        string errors = Refuses(1, "EC11", Write(new ModelBuilder().Input("x", 1, "height").Node("Relu", "x", "y").Output("y")));
        Assert.Contains("--dim height=", errors);
    }

    [Fact]
    public void Tensors_without_elements()
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, "compile", Write(new ModelBuilder().Input("x", 1, 0, 4).Node("Relu", "x", "y").Output("y")), "--target", "host", "-o", "out");
        AssertNoTrace(errors);
        Assert.True(exit is 0 or 1, errors);
        Assert.Equal(exit == 0, Directory.Exists(folder.At("out")));
    }

    [Fact]
    public void Unknown_target()
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, "compile", Write(Good()), "--target", "cortex-a73", "-o", "out");
        Assert.Equal(2, exit);
        Assert.Contains("error EC9001", errors);
        Assert.Contains("cortex-a72", errors);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("compile", "m.onnx")]
    [InlineData("compile", "m.onnx", "--target", "host", "--precision", "w2a2")]
    [InlineData("compile", "m.onnx", "--target", "host", "--frobnicate")]
    [InlineData("evaluate", "m.onnx", "--data", "d.npz", "--metric", "top7")]
    public void Wrong_words(params string[] arguments)
    {
        Write(Good());
        (int exit, _, string errors) = Tool.Run(folder.Path, arguments);
        Assert.Equal(2, exit);
        Assert.Contains("error EC", errors);
        AssertNoTrace(errors);
    }

    [Fact]
    public void Output_that_cannot_be_written()
    {
        File.WriteAllText(folder.At("taken"), "a file");
        (int exit, _, string errors) = Tool.Run(folder.Path, "compile", Write(Good()), "--target", "host", "-o", "taken/out");
        Assert.Equal(3, exit);
        Assert.Contains("error EC5", errors);
        AssertNoTrace(errors);
        Assert.Equal(["m.onnx", "taken"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_folder_with_other_things_in_it_is_left_alone()
    {
        Directory.CreateDirectory(folder.At("mine"));
        File.WriteAllText(folder.At("mine/thesis.txt"), "important");
        (int exit, _, string errors) = Tool.Run(folder.Path, "compile", Write(Good()), "--target", "host", "-o", "mine");
        Assert.Equal(3, exit);
        Assert.Contains("error EC5001", errors);
        Assert.Equal("important", File.ReadAllText(folder.At("mine/thesis.txt")));
    }

    [Fact]
    public void A_folder_that_is_no_bundle()
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, "verify", ".");
        Assert.Equal(1, exit);
        Assert.Contains("error EC8101", errors);
    }

    private static ModelBuilder Good() =>
        new ModelBuilder().Input("x", 1, 4).Floats("c", 1, 2, 3, 4).Node("Add", "x c", "y").Output("y");

    private string Write(ModelBuilder model)
    {
        File.WriteAllBytes(folder.At("m.onnx"), model.Model.ToByteArray());
        return "m.onnx";
    }

    private string Refuses(int expected, string code, string model)
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, "compile", model, "--target", "host", "-o", "out");
        Assert.True(exit == expected, $"exit {exit}: {errors}");
        Assert.Contains("error " + code, errors);
        Assert.StartsWith(model, errors);
        AssertNoTrace(errors);
        Assert.False(Directory.Exists(folder.At("out")));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path, "*.part"));
        return errors;
    }

    private static void AssertNoTrace(string errors)
    {
        Assert.DoesNotContain("   at ", errors);
        Assert.DoesNotContain("EC7000", errors);
        Assert.DoesNotContain("Unhandled", errors);
    }
}
