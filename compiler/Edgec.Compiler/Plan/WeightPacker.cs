using System.Buffers;
using System.Security.Cryptography;
using Edgec.Runtime;

namespace Edgec.Plan;

/// <summary>Collects constants into a <see cref="WeightImage"/>; the same bytes are stored once.</summary>
public sealed class WeightPacker
{
    private readonly ArrayBufferWriter<byte> image = new();
    private readonly Dictionary<string, long> offsets = [];

    /// <summary>Adds a constant and returns its byte offset.</summary>
    public long Add(Tensor tensor)
    {
        string key = Convert.ToHexString(SHA256.HashData(tensor.Bytes));
        if (offsets.TryGetValue(key, out long offset))
            return offset;
        int padding = -image.WrittenCount & (WeightImage.Alignment - 1);
        image.Write(new byte[padding]);
        offset = image.WrittenCount;
        image.Write(tensor.Bytes);
        offsets[key] = offset;
        return offset;
    }

    public WeightImage Image() => new(image.WrittenSpan.ToArray());
}
