using System.IO.Compression;
using System.Text;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Runtime;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.Data;

public sealed class TensorFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<ElementType> NumpyTypes => [.. Enum.GetValues<ElementType>().Where(type => type is not (ElementType.BF16 or ElementType.I4))];

    [Theory]
    [MemberData(nameof(NumpyTypes))]
    public void What_is_written_is_read(ElementType element)
    {
        foreach (Shape shape in (Shape[])[[2, 3, 4], [5], [], [0, 3]])
        {
            byte[] bytes = [.. Enumerable.Range(1, (int)shape.ElementCount * element.SizeOf()).Select(i => (byte)(element == ElementType.Bool ? i % 2 : 37 * i))];
            var written = new Dictionary<string, Tensor> { ["a/b:0"] = Tensor.FromBytes(element, shape, bytes) };
            foreach (string extension in (string[])["npy", "npz"])
            {
                string path = folder.At("x." + extension);
                TensorFiles.Write(path, written);
                (string name, Tensor tensor) = Assert.Single(TensorFiles.Read(path));
                Assert.Equal(extension == "npz" ? "a/b:0" : "x", name);
                Assert.Equal((element, shape), (tensor.Element, tensor.Shape));
                Assert.Equal(bytes, tensor.Bytes.ToArray());
            }
        }
    }

    [Fact]
    public void The_header_is_as_numpy_writes_it()
    {
        TensorFiles.Write(folder.At("x.npy"), One(Tensor.Of([3], [1f, 2, 3])));
        byte[] bytes = File.ReadAllBytes(folder.At("x.npy"));
        Assert.Equal("\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }".PadRight(127) + "\n", Encoding.Latin1.GetString(bytes[..128]));
        Assert.Equal(128 + 12, bytes.Length);
    }

    [Fact]
    public void Bfloat16_is_written_as_single_precision()
    {
        TensorFiles.Write(folder.At("x.npy"), One(Tensor.FromBytes(ElementType.BF16, [1], [0x40, 0x40])));
        Assert.Equal([3], TensorFiles.Read(folder.At("x.npy"))["x"].Span<float>());
    }

    [Fact]
    public void An_archive_keeps_its_order_and_its_bytes()
    {
        var tensors = new OrderedDictionary<string, Tensor> { ["z"] = Tensor.Scalar(1f), ["a"] = Tensor.Scalar(2L) };
        TensorFiles.Write(folder.At("x.npz"), tensors);
        byte[] first = File.ReadAllBytes(folder.At("x.npz"));
        TensorFiles.Write(folder.At("x.npz"), tensors);
        Assert.Equal(first, File.ReadAllBytes(folder.At("x.npz")));
        Assert.Equal(["z", "a"], TensorFiles.Read(folder.At("x.npz")).Keys);
    }

    [Theory]
    [InlineData(1, "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }")]
    [InlineData(2, """{"shape": (2L, 3L), "fortran_order": True, "descr": "<i2"}""")]
    [InlineData(3, "{'descr':'<i2','fortran_order':True,'shape':(2,3)}\n")]
    public void All_versions_and_fortran_order_are_read(int version, string header)
    {
        // Columns first: 1 4 / 2 5 / 3 6.
        Tensor tensor = TensorFiles.Read(Npy(header, [1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6, 0], version))["x"];
        Assert.Equal((ElementType.I16, Shape.Create([2, 3])), (tensor.Element, tensor.Shape));
        Assert.Equal([1, 2, 3, 4, 5, 6], tensor.Integers());
    }

    [Theory]
    [InlineData("'>f4'", "little-endian")]
    [InlineData("'|O'", "'|O'")]
    [InlineData("'<U5'", "'<U5'")]
    [InlineData("'<c8'", "'<c8'")]
    [InlineData("[('a', '<f4')]", "fields")]
    public void A_type_without_a_counterpart_is_named(string descr, string said) =>
        Assert.Contains(said, Fails(Npy($"{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}", new byte[4]), "EC7014"));

    [Theory]
    [InlineData("(-1,)")]
    [InlineData("(99999999999,)")]
    [InlineData("(99999999999999999999,)")]
    [InlineData("(65536, 65536)")]
    [InlineData("(x,)")]
    public void A_shape_out_of_bounds_is_told(string shape) =>
        Fails(Npy($"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}", []), "EC7015");

    [Fact]
    public void A_large_shape_without_its_data_costs_nothing()
    {
        string path = Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (20000, 20000), }", []);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fails(path, "EC7013");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_damaged_array_says_so()
    {
        const string Header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        Fails(Npy(Header, new byte[7]), "EC7013");
        Fails(Npy(Header, new byte[9]), "EC7013");
        Fails(Npy(Header, new byte[8], version: 4), "EC7013");
        Fails(Npy("nonsense", new byte[8]), "EC7013");
        Fails(Bytes("x.npy", []), "EC7013");
        Fails(Bytes("x.npy", Encoding.ASCII.GetBytes("1.0 2.0 3.0 4.0")), "EC7013");
        Fails(Bytes("x.npy", [0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 255]), "EC7014");
        Fails(Bytes("x.npz", [1, 2, 3]), "EC7013");
    }

    [Fact]
    public void A_file_that_cannot_be_read_says_so()
    {
        Fails(folder.At("absent.npy"), "EC7010");
        Fails(folder.At("absent.npz"), "EC7010");
        Fails(folder.At("absent.pb"), "EC7010");
        Fails(folder.At("absent.txt"), "EC7012");
        Directory.CreateDirectory(folder.At("folder.npy"));
        Fails(folder.At("folder.npy"), "EC7011");
    }

    [Fact]
    public void An_archive_cut_short_anywhere_ends_in_a_diagnostic()
    {
        TensorFiles.Write(folder.At("x.npz"), One(Tensor.Of([3], [1f, 2, 3])));
        byte[] whole = File.ReadAllBytes(folder.At("x.npz"));
        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<DiagnosticException>(() => TensorFiles.Read(Bytes("y.npz", whole[..length])));
    }

    [Fact]
    public void A_damaged_archive_ends_in_a_diagnostic_or_in_tensors()
    {
        var random = new Random(3);
        byte[] whole = File.ReadAllBytes(Compressed(new byte[100]));
        int failures = 0;
        for (int trial = 0; trial < 500; trial++)
        {
            byte[] bytes = [.. whole];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                TensorFiles.Read(Bytes("y.npz", bytes));
            }
            catch (DiagnosticException)
            {
                failures++;
            }
        }

        Assert.InRange(failures, 1, 499);
    }

    [Fact]
    public void A_compressed_archive_is_read() =>
        Assert.Equal(100, TensorFiles.Read(Compressed(new byte[100]))["x"].Count);

    [Theory]
    [InlineData(1000, "EC7013")]
    [InlineData(1 << 30, "EC7016")]
    public void A_length_the_archive_claims_is_not_believed(int claimed, string code)
    {
        byte[] bytes = File.ReadAllBytes(Compressed(new byte[100]));
        int central = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(central + 24), claimed);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fails(Bytes("x.npz", bytes), code, location: folder.At("x.npz") + "(x)");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void An_onnx_tensor_is_read()
    {
        var proto = new TensorProto { Name = "input", DataType = DataTypes.Of(ElementType.I32), Dims = { 2 }, Int32Data = { 5, 6 } };
        Assert.Equal([5, 6], TensorFiles.Read(Bytes("input_0.pb", proto.ToByteArray()))["input"].Integers());
        proto.ClearName();
        Assert.Equal([5, 6], TensorFiles.Read(Bytes("input_0.pb", proto.ToByteArray()))["input_0"].Integers());
    }

    [Fact]
    public void What_is_no_onnx_tensor_is_refused()
    {
        Fails(Bytes("x.pb", "hello"u8.ToArray()), "EC7017");
        Fails(Bytes("x.pb", []), "EC7017");
        Fails(Bytes("x.pb", new ModelProto { IrVersion = 8, ProducerName = "p", Graph = new() }.ToByteArray()), "EC7017");
        Fails(Bytes("x.pb", new TensorProto { DataType = 1, Dims = { 3 } }.ToByteArray()), "EC1032", location: folder.At("x.pb") + "(x)");
    }

    [Fact]
    public void An_unwritable_file_is_an_error_of_the_machine()
    {
        Tensor tensor = Tensor.Scalar(1f);
        Directory.CreateDirectory(folder.At("taken.npy"));
        foreach (string path in (string[])[folder.At("absent/x.npy"), folder.At("taken.npy")])
        {
            var error = Assert.Throws<DiagnosticException>(() => TensorFiles.Write(path, One(tensor)));
            Assert.Equal(("EC7018", 3), (Assert.Single(error.Diagnostics).Code, error.ExitCode));
        }

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_form_that_cannot_be_written_is_refused()
    {
        var two = new Dictionary<string, Tensor> { ["a"] = Tensor.Scalar(1f), ["b"] = Tensor.Scalar(1f) };
        foreach (string name in (string[])["x.npy", "x.txt"])
        {
            var error = Assert.Throws<DiagnosticException>(() => TensorFiles.Write(folder.At(name), two));
            Assert.Equal("EC7012", Assert.Single(error.Diagnostics).Code);
        }
    }

    private static Dictionary<string, Tensor> One(Tensor tensor) => new() { ["x"] = tensor };

    private static string Fails(string path, string code, string? location = null)
    {
        var thrown = Assert.Throws<DiagnosticException>(() => TensorFiles.Read(path));
        Diagnostic error = Assert.Single(thrown.Diagnostics);
        Assert.Equal((code, 1), (error.Code, thrown.ExitCode));
        Assert.Equal(location ?? path, error.Location);
        return error.Message;
    }

    private string Npy(string header, byte[] data, int version = 1)
    {
        byte[] size = version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length);
        return Bytes("x.npy", [0x93, .. "NUMPY"u8, (byte)version, 0, .. size, .. Encoding.ASCII.GetBytes(header), .. data]);
    }

    /// <summary>An archive whose only array x is deflated.</summary>
    private string Compressed(byte[] values)
    {
        string path = folder.At("compressed.npz");
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        using Stream content = zip.CreateEntry("x.npy", CompressionLevel.Fastest).Open();
        NumpyFile.Write(content, Tensor.FromBytes(ElementType.U8, [values.Length], values));
        return path;
    }

    private string Bytes(string name, byte[] bytes)
    {
        string path = folder.At(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
