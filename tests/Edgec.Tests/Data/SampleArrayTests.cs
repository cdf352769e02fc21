using System.IO.Compression;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Data;

/// <summary>Arrays larger than memory: samples are read where they lie.</summary>
public sealed class SampleArrayTests : IDisposable
{
    private static readonly DataInput Vector = new("x", ElementType.F32, [1, 3]);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    public void Samples_come_in_any_order_and_on_many_threads(CompressionLevel level)
    {
        float[] values = [.. Enumerable.Range(0, 3000).Select(i => (float)i)];
        WriteArchive(level, ("x", Tensor.Of([1000, 3], values)), ("y", Tensor.Of([1000, 3], [.. values.Select(v => -v)])));
        DataSet data = DataSet.Open(folder.At("data.npz"), [Vector, Vector with { Name = "y" }], DataOptions.None, new());
        Parallel.For(0, 1000, i =>
        {
            IReadOnlyDictionary<string, Tensor> sample = data.Sample(i * 7 % 1000);
            float first = i * 7 % 1000 * 3;
            Assert.Equal([first, first + 1, first + 2], sample["x"].Span<float>().ToArray());
            Assert.Equal([-first, -first - 1, -first - 2], sample["y"].Span<float>().ToArray());
        });
    }

    [Fact]
    public void An_array_of_twenty_gigabytes_takes_no_memory()
    {
        const int Count = 2_000_000, Size = 2500;
        using (FileStream file = File.Create(folder.At("x.npy")))
        {
            byte[] header = NumpyHeader.Write(ElementType.F32, [Count, Size]);
            file.Write(header);
            // A hole: takes no room on the disk.
            file.SetLength(header.Length + 4L * Size * Count);
            file.Position = header.Length + 4L * Size * (Count - 1);
            file.Write(BitConverter.GetBytes(42f));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        DataSet data = DataSet.Open(folder.Path, [new("x", ElementType.F32, [1, Size])], DataOptions.None, new());
        Assert.Equal(Count, data.Count);
        Assert.Equal(42, data.Sample(Count - 1)["x"].Span<float>()[0]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 << 20);
    }

    [Fact]
    public void No_more_is_unpacked_than_was_asked_for()
    {
        using var source = new Counted(new byte[10 << 20]);
        using var spool = new SpoolStream(source, source.Length, mostInMemory: 1 << 10);
        spool.Position = 100;
        Assert.Equal(0, spool.ReadByte());
        Assert.InRange(source.BytesRead, 1, 1 << 20);
        spool.Position = (10 << 20) - 1;
        Assert.Equal(0, spool.ReadByte());
        Assert.Equal(-1, spool.ReadByte());
        Assert.Equal(10 << 20, source.BytesRead);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public void What_was_unpacked_is_kept(int mostInMemory)
    {
        byte[] bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        using var spool = new SpoolStream(new MemoryStream(bytes), bytes.Length, mostInMemory);
        var random = new Random(2);
        for (int i = 0; i < 200; i++)
        {
            int at = random.Next(bytes.Length), count = random.Next(3000);
            var read = new byte[Math.Min(count, bytes.Length - at)];
            spool.Position = at;
            spool.ReadExactly(read);
            Assert.True(bytes.AsSpan(at, read.Length).SequenceEqual(read));
        }
    }

    [Fact]
    public void An_archive_that_ends_too_early_is_damaged()
    {
        WriteArchive(CompressionLevel.Fastest, ("x", Tensor.Of([1000, 3], [.. Enumerable.Range(0, 3000).Select(i => 1f / (i + 1))])));
        byte[] whole = File.ReadAllBytes(folder.At("data.npz"));
        whole.AsSpan(300, 200).Clear();
        File.WriteAllBytes(folder.At("data.npz"), whole);
        var thrown = Assert.Throws<DiagnosticException>(() => DataSet.Open(folder.At("data.npz"), [Vector], DataOptions.None, new()).Sample(999));
        Assert.Equal("EC7013", Assert.Single(thrown.Diagnostics).Code);
    }

    [Fact]
    public void Samples_in_Fortran_order_are_gathered()
    {
        // [2,3] of 1 2 3 / 4 5 6, column by column.
        string header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }".PadRight(117) + "\n";
        byte[] bytes = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. new[] { 1f, 4, 2, 5, 3, 6 }.SelectMany(BitConverter.GetBytes)];
        File.WriteAllBytes(folder.At("x.npy"), bytes);
        DataSet data = DataSet.Open(folder.Path, [Vector], DataOptions.None, new());
        Assert.Equal([4, 5, 6], data.Sample(1)["x"].Span<float>().ToArray());
    }

    private void WriteArchive(CompressionLevel level, params (string Name, Tensor Tensor)[] arrays)
    {
        using var zip = new ZipArchive(File.Create(folder.At("data.npz")), ZipArchiveMode.Create);
        foreach ((string name, Tensor tensor) in arrays)
        {
            using Stream stream = zip.CreateEntry(name + ".npy", level).Open();
            NumpyFile.Write(stream, tensor);
        }
    }

    private sealed class Counted(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = base.Read(buffer, offset, count);
            BytesRead += read;
            return read;
        }
    }
}
