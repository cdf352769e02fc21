using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Edgec.Plan.Hls;

/// <summary>Builds the parameter image: weights in the order the engines read them, requantization, tables, mover programs.</summary>
/// <param name="address">Word address of the image in the accelerator's memory.</param>
public sealed class ParameterImage(long address)
{
    private const int WordBytes = EngineConfiguration.Lanes;

    private readonly ArrayBufferWriter<byte> bytes = new();
    private readonly Dictionary<(long Offset, long Bytes), int> constants = [];
    private readonly Dictionary<string, int> known = []; // by their hash

    /// <summary>Address of what is added next.</summary>
    public int Next => checked((int)(address + bytes.WrittenCount / WordBytes));

    public long Words => bytes.WrittenCount / WordBytes;

    /// <summary>Adds bytes, filled up to a whole word.</summary>
    /// <returns>Their address.</returns>
    public int Add(ReadOnlySpan<byte> content)
    {
        int at = Next;
        bytes.Write(content);
        int rest = content.Length % WordBytes;
        if (rest != 0)
            bytes.Write(new byte[WordBytes - rest]);
        return at;
    }

    /// <summary>Adds bytes that other commands may have too: the same bytes lie in the image once.</summary>
    /// <returns>Their address, which nothing may be expected behind.</returns>
    public int AddOnce(ReadOnlySpan<byte> content)
    {
        string key = Convert.ToHexString(SHA256.HashData(content));
        if (!known.TryGetValue(key, out int at))
            known[key] = at = Add(content);
        return at;
    }

    /// <summary>Adds a constant tensor that an engine reads as an operand; once, however many do.</summary>
    public int AddConstant(WeightImage weights, PlanValue value)
    {
        if (!constants.TryGetValue((value.Offset, value.Bytes), out int at))
            constants[(value.Offset, value.Bytes)] = at = Add(weights.Bytes.AsSpan(checked((int)value.Offset), checked((int)value.Bytes)));
        return at;
    }

    /// <summary>Adds numbers of 32 bits, four a word.</summary>
    public int Add(ReadOnlySpan<int> numbers)
    {
        var content = new byte[numbers.Length * sizeof(int)];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(i * sizeof(int)), numbers[i]);
        return Add(content);
    }

    public byte[] ToArray() => bytes.WrittenSpan.ToArray();
}
