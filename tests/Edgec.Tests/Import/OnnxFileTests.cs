using System.Text;
using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Import.Proto;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.Import;

public sealed class OnnxFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(OnnxFile.NewestIrVersion)]
    public void A_model_of_any_version_loads(int version)
    {
        var diagnostics = new DiagnosticBag();
        string path = Save(Model(version));
        OnnxFile file = OnnxFile.Load(path, diagnostics);

        Assert.Equal(path, file.Path);
        Assert.Equal(folder.Path, file.Folder);
        Assert.Equal("g", file.Model.Graph.Name);
        Assert.Empty(diagnostics.Items);
    }

    [Fact]
    public void A_relative_path_knows_its_folder()
    {
        string path = Path.GetRelativePath(Environment.CurrentDirectory, Save(Model(8)));
        OnnxFile file = OnnxFile.Load(path, new());
        Assert.Equal((path, folder.Path), (file.Path, file.Folder));
    }

    [Theory]
    [InlineData(99, "IR version 99")]
    [InlineData(-1, "IR version -1")]
    [InlineData(null, "no IR version")]
    public void An_unknown_version_is_read_with_a_warning(int? version, string said)
    {
        var diagnostics = new DiagnosticBag();
        OnnxFile.Load(Save(Model(version)), diagnostics);
        Diagnostic warning = Assert.Single(diagnostics.Items);
        Assert.Equal(("EC1019", Severity.Warning), (warning.Code, warning.Severity));
        Assert.Contains(said, warning.Message);
    }

    [Fact]
    public void An_absent_file_is_named() => Assert.Contains("no such file", Fails(folder.At("absent.onnx"), "EC1010"));

    [Fact]
    public void A_file_taken_for_a_folder_is_absent() => Fails(Path.Combine(Save(Model(8)), "model.onnx"), "EC1010");

    [Fact]
    public void A_folder_is_no_model() => Fails(folder.Path, "EC1011");

    [Fact]
    public void An_unreadable_file_is_named()
    {
        string path = Save(Model(8));
        using var locked = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Fails(path, "EC1012");
    }

    [Fact]
    public void A_file_name_of_no_meaning_is_an_error_too() => Fails("", "EC1012");

    [Fact]
    public void An_empty_file_is_no_model() => Fails(Save([]), "EC1013");

    [Fact]
    public void More_than_protobuf_can_hold_is_told_before_reading()
    {
        string path = folder.At("big.onnx");
        using (FileStream file = File.Create(path))
            file.SetLength(3L << 30); // Sparse: takes no room on the disk.
        Assert.Contains("external data", Fails(path, "EC1014"));
    }

    [Fact]
    public void A_model_cut_short_anywhere_says_so()
    {
        ModelProto model = Model(8);
        byte[] whole = model.ToByteArray();
        int afterGraph = whole.Length - model.OpsetImport[0].CalculateSize() - 2;
        for (int length = afterGraph - model.Graph.CalculateSize() - 1; length < whole.Length; length++)
        {
            if (length != afterGraph)
                Fails(Save(whole[..length]), "EC1015");
        }
    }

    [Theory]
    [InlineData("hello, I am a text file", "no ONNX model")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "git lfs pull")]
    [InlineData("<!DOCTYPE html><html></html>", "web page")]
    [InlineData("PK\u0003\u0004\u0014\0\0\0\0\0", "zip archive")]
    [InlineData("\u0018\0\0\0TFL3", "TensorFlow Lite")]
    public void Another_kind_of_file_is_recognised(string text, string said) =>
        Assert.Contains(said, Fails(Save(Encoding.Latin1.GetBytes(text)), "EC1016"));

    [Fact]
    public void A_tensor_is_no_model()
    {
        var tensor = new TensorProto { DataType = 1, Dims = { 2, 3 }, RawData = ByteString.CopyFrom(new byte[24]) };
        Fails(Save(tensor.ToByteArray()), "EC1018");
    }

    [Fact]
    public void A_damaged_graph_is_no_model()
    {
        // Field 7, the graph, of two bytes that are a tag of field 0.
        Fails(Save([0x08, 0x08, 0x3A, 0x02, 0x00, 0x00]), "EC1016");
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        GraphProto graph = new() { Name = "innermost" };
        for (int depth = 0; depth < 2000; depth++)
            graph = new() { Node = { new NodeProto { OpType = "If", Attribute = { new AttributeProto { Name = "then_branch", G = graph } } } } };
        Fails(Save(new ModelProto { IrVersion = 8, Graph = graph }), "EC1017");
    }

    [Fact]
    public void Random_bytes_end_in_a_diagnostic()
    {
        var random = new Random(7);
        byte[] model = Model(8).ToByteArray();
        for (int trial = 0; trial < 2000; trial++)
        {
            byte[] bytes = [.. model];
            for (int change = 0; change <= trial % 8; change++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var diagnostics = new DiagnosticBag();
            try
            {
                OnnxFile.Load(Save(bytes), diagnostics);
            }
            catch (DiagnosticException)
            {
                Assert.True(diagnostics.HasErrors);
            }
        }
    }

    private string Fails(string path, string code)
    {
        var diagnostics = new DiagnosticBag();
        var thrown = Assert.Throws<DiagnosticException>(() => OnnxFile.Load(path, diagnostics));
        Diagnostic error = Assert.Single(diagnostics.Items);
        Assert.Equal((code, path), (error.Code, error.Location));
        Assert.Equal(1, thrown.ExitCode);
        return error.Message;
    }

    private string Save(IMessage message) => Save(message.ToByteArray());

    private string Save(byte[] bytes)
    {
        string path = folder.At("model.onnx");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static ModelProto Model(int? version)
    {
        var model = new ModelProto
        {
            ProducerName = "test",
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            Graph = new GraphProto
            {
                Name = "g",
                Node = { new NodeProto { OpType = "Relu", Input = { "x" }, Output = { "y" } } },
                Input = { new ValueInfoProto { Name = "x" } },
                Output = { new ValueInfoProto { Name = "y" } },
            },
        };
        if (version is { } known)
            model.IrVersion = known;
        return model;
    }
}
