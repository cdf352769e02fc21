using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>Several arrays as .npy files of one folder.</summary>
internal sealed class NumpyFolder(string path) : IArraySource
{
    public string Path { get; } = path;

    public IReadOnlyList<string> Names { get; } = DataError.Reading(path, string[] () =>
        [.. Directory.EnumerateFiles(path, "*.npy").Select(file => System.IO.Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)]);

    public Tensor Read(string name) => NumpyFile.Read(System.IO.Path.Combine(Path, name + ".npy"));

    public void Dispose()
    {
    }
}
