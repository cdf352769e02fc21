using Edgec.Diagnostics;
using Edgec.Import.Proto;

namespace Edgec.Import;

/// <summary>The bytes a model keeps in files beside its own. What it says about them is not believed: a file lies in
/// the model's folder, a region lies in its file, and no file is read many times over.</summary>
/// <param name="path">The model's path.</param>
internal sealed class ExternalData(string path, DiagnosticBag diagnostics)
{
    private readonly string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
    private readonly Dictionary<(string File, long Offset, long Length), byte[]> regions = [];
    private readonly Dictionary<string, long> fileLengths = [];
    private long taken;

    /// <summary>The bytes of one tensor; the same array for tensors that share a region.</summary>
    /// <param name="size">How many bytes the tensor's type and shape ask for.</param>
    /// <param name="where">Names the tensor in diagnostics.</param>
    /// <returns>Null after a diagnostic.</returns>
    public byte[]? Read(TensorProto proto, long size, string where)
    {
        if (Value(proto, "location") is not { } location)
            return Fail("EC1035", "External data without a location. Save the model anew.");
        if (ContainedPath.Resolve(folder, path, location) is not { } file)
            return Fail("EC1035", $"External data at '{location}' is outside of the model's folder. Move the file beside the model and save it with a relative location.");
        if (!TryNumber(proto, "offset", 0, out long offset) || !TryNumber(proto, "length", size, out long length))
            return Fail("EC1037", $"Offset or length of external data in '{location}' is not a number. Save the model anew.");
        if (length != size)
            return Fail("EC1037", $"External data in '{location}' has {length} bytes, and the tensor's type and shape ask for {size}. Save the model anew.");

        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
                return Fail("EC1036", $"External data file '{location}' is missing. Put it into {folder}.");
            if (offset > info.Length || length > info.Length - offset)
                return Fail("EC1037", $"External data at {offset} + {length} is beyond the end of '{location}', which has {info.Length} bytes. Fetch the whole file.");
            if (regions.TryGetValue((file, offset, length), out byte[]? known))
                return known;

            fileLengths[file] = info.Length;
            taken += length;
            if (taken > 2 * fileLengths.Values.Sum())
                return Fail("EC1038", $"Tensors overlap in external data file '{location}' again and again. Save the model anew.");
            return regions[(file, offset, length)] = Bytes(file, offset, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail("EC1036", $"External data file '{location}' cannot be read: {e.Message} Check its permissions.");
        }

        byte[]? Fail(string code, string message)
        {
            diagnostics.Add(Diagnostic.Error(code, where, message));
            return null;
        }
    }

    private static byte[] Bytes(string file, long offset, long length)
    {
        var bytes = new byte[length];
        if (length == 0)
            return bytes;
        using FileStream stream = File.OpenRead(file);
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string? Value(TensorProto proto, string key) => proto.ExternalData.LastOrDefault(entry => entry.Key == key)?.Value;

    private static bool TryNumber(TensorProto proto, string key, long absent, out long value)
    {
        value = absent;
        return Value(proto, key) is not { } text || long.TryParse(text, out value) && value >= 0;
    }
}
