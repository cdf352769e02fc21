using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Runtime;
using Xunit;
using static Edgec.Import.Proto.TensorProto.Types;

namespace Edgec.Tests.Import;

public sealed class ExternalDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DiagnosticBag diagnostics = new();
    private readonly string model;

    public ExternalDataTests()
    {
        model = Path.Combine(Directory.CreateDirectory(folder.At("model")).FullName, "model.onnx");
        File.WriteAllBytes(Inside("w.bin"), [.. Enumerable.Range(0, 64).Select(i => (byte)i)]);
        File.WriteAllBytes(folder.At("secret.bin"), new byte[64]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_region_is_read()
    {
        Tensor tensor = Reads(Proto(("location", "w.bin"), ("offset", "8"), ("length", "4")));
        Assert.Equal([8, 9, 10, 11], tensor.Bytes.ToArray());
    }

    [Fact]
    public void Offset_and_length_may_be_absent() =>
        Assert.Equal([0, 1, 2, 3], Reads(Proto(("location", "w.bin"))).Bytes.ToArray());

    [Theory]
    [InlineData("sub/w.bin")]
    [InlineData("./sub/w.bin")]
    [InlineData(@"sub\w.bin")]
    public void Folders_below_are_allowed(string location)
    {
        Directory.CreateDirectory(Inside("sub"));
        File.Copy(Inside("w.bin"), Inside("sub/w.bin"));
        Reads(Proto(("location", location)));
    }

    [Fact]
    public void Packed_integers_are_measured_packed()
    {
        TensorProto proto = Proto(("location", "w.bin"), ("offset", "1"), ("length", "2"));
        proto.DataType = (int)DataType.Uint4;
        Assert.Equal([1, 0, 2, 0], Reads(proto).Integers());
    }

    [Fact]
    public void Nothing_may_be_asked_of_a_file()
    {
        TensorProto proto = Proto(("location", "w.bin"), ("offset", "64"), ("length", "0"));
        proto.Dims[0] = 0;
        Assert.Equal(0, Reads(proto).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../secret.bin")]
    [InlineData("sub/../../secret.bin")]
    [InlineData(@"..\secret.bin")]
    [InlineData("/etc/passwd")]
    [InlineData(@"\\server\share\w.bin")]
    [InlineData(@"C:\w.bin")]
    [InlineData("C:w.bin")]
    [InlineData("w.bin\0")]
    public void A_location_outside_is_refused(string location) => Fails("EC1035", ("location", location));

    [Fact]
    public void A_location_is_required() => Fails("EC1035", ("offset", "0"));

    [Fact]
    public void A_link_that_leaves_is_refused()
    {
        File.CreateSymbolicLink(Inside("link.bin"), "../secret.bin");
        Directory.CreateSymbolicLink(Inside("up"), folder.Path);
        File.CreateSymbolicLink(Inside("two.bin"), "link.bin");
        Fails("EC1035", ("location", "link.bin"));
        Fails("EC1035", ("location", "two.bin"));
        Fails("EC1035", ("location", "up/secret.bin"));
    }

    [Fact]
    public void Links_in_a_circle_are_refused()
    {
        File.CreateSymbolicLink(Inside("a"), "b");
        File.CreateSymbolicLink(Inside("b"), "a");
        Fails("EC1035", ("location", "a"));
    }

    [Fact]
    public void A_link_that_stays_is_followed()
    {
        File.CreateSymbolicLink(Inside("link.bin"), "w.bin");
        Reads(Proto(("location", "link.bin")));
    }

    [Fact]
    public void A_model_that_is_itself_a_link_may_keep_its_data_beside_the_target()
    {
        // A download cache: snapshots/{model,w}.bin -> blobs/…
        string snapshot = Directory.CreateDirectory(folder.At("snapshot")).FullName;
        string link = Path.Combine(snapshot, "model.onnx");
        File.CreateSymbolicLink(link, "../model/model.onnx");
        File.CreateSymbolicLink(Path.Combine(snapshot, "w.bin"), "../model/w.bin");
        Assert.NotNull(new TensorReader(link, diagnostics).Read(Proto(("location", "w.bin")), "w"));
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Contains("gone.bin", Fails("EC1036", ("location", "gone.bin")));

    [Fact]
    public void A_folder_is_no_file()
    {
        Directory.CreateDirectory(Inside("sub"));
        Fails("EC1036", ("location", "sub"));
    }

    [Fact]
    public void An_unreadable_file_is_named()
    {
        using var locked = new FileStream(Inside("w.bin"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Fails("EC1036", ("location", "w.bin"));
    }

    [Theory]
    [InlineData("61", "4")]
    [InlineData("65", "4")]
    [InlineData("9223372036854775807", "4")]
    [InlineData("-1", "4")]
    [InlineData("x", "4")]
    [InlineData("99999999999999999999", "4")]
    [InlineData("0", "3")]
    [InlineData("0", "5")]
    [InlineData("0", "-4")]
    public void A_region_must_fit_its_file_and_its_tensor(string offset, string length) =>
        Fails("EC1037", ("location", "w.bin"), ("offset", offset), ("length", length));

    [Fact]
    public void A_large_tensor_over_a_small_file_costs_nothing()
    {
        TensorProto proto = Proto(("location", "w.bin"));
        proto.Dims[0] = 1 << 30;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(new TensorReader(model, diagnostics).Read(proto, "w"));
        Assert.Equal("EC1037", Assert.Single(diagnostics.Items).Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_shared_region_is_read_once()
    {
        var reader = new TensorReader(model, diagnostics);
        for (int i = 0; i < 1000; i++)
            Assert.NotNull(reader.Read(Proto(("location", "w.bin"), ("offset", "8")), "w"));
    }

    [Fact]
    public void A_file_is_not_read_over_and_over_through_overlapping_regions()
    {
        var reader = new TensorReader(model, diagnostics);
        int read = Enumerable.Range(0, 60).TakeWhile(i => reader.Read(Proto(("location", "w.bin"), ("offset", $"{i}")), "w") is not null).Count();
        Assert.Equal(32, read); // 4 bytes each: twice the 64 of the file
        Assert.Equal("EC1038", Assert.Single(diagnostics.Items).Code);
    }

    private string Inside(string name) => Path.Combine(Path.GetDirectoryName(model)!, name);

    /// <summary>Four bytes of type u8.</summary>
    private static TensorProto Proto(params (string Key, string Value)[] entries)
    {
        var proto = new TensorProto { DataType = (int)DataType.Uint8, Dims = { 4 }, DataLocation = DataLocation.External };
        proto.ExternalData.AddRange(entries.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        return proto;
    }

    private Tensor Reads(TensorProto proto)
    {
        Tensor? tensor = new TensorReader(model, diagnostics).Read(proto, "w");
        Assert.Empty(diagnostics.Items);
        return tensor!;
    }

    private string Fails(string code, params (string Key, string Value)[] entries)
    {
        var bag = new DiagnosticBag();
        Assert.Null(new TensorReader(model, bag).Read(Proto(entries), "w"));
        Diagnostic error = Assert.Single(bag.Items);
        Assert.Equal((code, model + "(w)"), (error.Code, error.Location));
        return error.Message;
    }
}
