using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>Several arrays as .npy files of one folder.</summary>
internal sealed class NumpyFolder(string path) : IArraySource
{
    private readonly List<FileStream> open = [];

    public string Path { get; } = path;

    public IReadOnlyList<string> Names { get; } = DataError.Reading(path, string[] () =>
        [.. Directory.EnumerateFiles(path, "*.npy").Select(file => System.IO.Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)]);

    public Tensor Read(string name) => NumpyFile.Read(FileOf(name));

    public SampleArray OpenSamples(string name) => DataError.Reading(FileOf(name), () =>
    {
        FileStream stream = File.OpenRead(FileOf(name));
        open.Add(stream);
        return SampleArray.Open(stream, stream.Length, new(), FileOf(name));
    });

    public void Dispose()
    {
        foreach (FileStream stream in open)
            stream.Dispose();
    }

    private string FileOf(string name) => System.IO.Path.Combine(Path, name + ".npy");
}
