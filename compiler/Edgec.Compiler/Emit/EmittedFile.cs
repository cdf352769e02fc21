using System.Text;

namespace Edgec.Emit;

/// <summary>A file of a bundle, not yet written.</summary>
/// <param name="Path">Relative to the bundle, with forward slashes.</param>
public sealed record EmittedFile(string Path, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>A text file: UTF-8 without a byte order mark.</summary>
    public EmittedFile(string path, string text)
        : this(path, Encoding.UTF8.GetBytes(text))
    {
    }

    public string Text => Encoding.UTF8.GetString(Bytes.Span);
}
