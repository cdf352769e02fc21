using System.IO.Compression;
using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>Several arrays as numpy.savez and savez_compressed write them: .npy files in a zip archive.</summary>
internal sealed class NumpyArchive : IArraySource
{
    /// <summary>What an archive may unpack to however small it is, and how many times its size beyond that. Pictures
    /// compress to a half, label arrays to a hundredth; a bomb to a thousandth.</summary>
    private const long AlwaysAllowed = 256L << 20, AllowedRatio = 100;

    private readonly ZipArchive zip;
    private readonly OrderedDictionary<string, ZipArchiveEntry> entries = [];

    // Entries share the archive's file.
    private readonly Lock gate = new();
    private long allowance;

    private NumpyArchive(string path, ZipArchive zip, long length)
    {
        Path = path;
        this.zip = zip;
        allowance = Math.Max(AlwaysAllowed, AllowedRatio * length);
        if (zip.Entries.Sum(entry => (double)entry.CompressedLength) > length)
            throw DataError.At(path, "EC7016", "Entries of the archive overlap. Save it again with numpy.savez.");
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            if (entry.FullName.EndsWith(".npy", StringComparison.Ordinal))
                entries.TryAdd(entry.FullName[..^".npy".Length], entry);
        }
    }

    public string Path { get; }

    public IReadOnlyList<string> Names => entries.Keys;

    public static NumpyArchive Open(string path) => DataError.Reading(path, () =>
    {
        FileStream stream = File.OpenRead(path);
        try
        {
            return new NumpyArchive(path, new ZipArchive(stream, ZipArchiveMode.Read), stream.Length);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    });

    public static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, Tensor tensor) in tensors)
        {
            // Stored, and all of one day, so that the same arrays make the same file.
            ZipArchiveEntry entry = zip.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using Stream content = entry.Open();
            NumpyFile.Write(content, tensor);
        }
    }

    public Tensor Read(string name) => DataError.Reading(Path, () =>
    {
        ZipArchiveEntry entry = Entry(name);
        using Stream stream = entry.Open();
        return NumpyFile.Read(stream, entry.Length, $"{Path}({name})");
    });

    public SampleArray OpenSamples(string name) => DataError.Reading(Path, () =>
    {
        ZipArchiveEntry entry = Entry(name);
        Stream stream = entry.Open();
        return SampleArray.Open(stream.CanSeek ? stream : new SpoolStream(stream, entry.Length), entry.Length, gate, $"{Path}({name})");
    });

    private ZipArchiveEntry Entry(string name)
    {
        ZipArchiveEntry entry = entries[name];
        allowance -= entry.Length;
        return allowance >= 0
            ? entry
            : throw DataError.At($"{Path}({name})", "EC7016", $"The archive unpacks to more than {AllowedRatio} times its size. Save it with numpy.savez, without compression, if that is meant.");
    }

    public void Dispose() => zip.Dispose();
}
