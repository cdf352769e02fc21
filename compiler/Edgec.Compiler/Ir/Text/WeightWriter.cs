using System.Security.Cryptography;
using Edgec.Runtime;

namespace Edgec.Ir.Text;

/// <summary>Writes the side file of constants. Equal bytes are stored once, so many graphs may share one file.</summary>
/// <param name="file">Empty, seekable; disposed with the writer.</param>
/// <param name="name">The name by which a graph in the same folder refers to the file.</param>
public sealed class WeightWriter(Stream file, string name) : IDisposable
{
    /// <summary>Every constant starts at a multiple of this many bytes.</summary>
    public const int Alignment = 64;

    private readonly Dictionary<string, long> offsets = [];

    public WeightWriter(string path)
        : this(File.Create(path), Path.GetFileName(path))
    {
    }

    public string Name { get; } = name;

    /// <summary>The offset of the tensor's bytes.</summary>
    public long Add(Tensor tensor)
    {
        string hash = Convert.ToHexString(SHA256.HashData(tensor.Bytes));
        if (offsets.TryGetValue(hash, out long known))
            return known;
        file.Position = (file.Length + Alignment - 1) / Alignment * Alignment;
        long offset = file.Position;
        file.Write(tensor.Bytes);
        return offsets[hash] = offset;
    }

    public void Dispose() => file.Dispose();
}
