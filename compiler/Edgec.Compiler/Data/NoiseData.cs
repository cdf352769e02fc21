using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>Random inputs out of a generator of our own (SplitMix64: Steele, Lea and Flood, OOPSLA 2014), so that they
/// never change with the library. Normal values are sums of uniform ones: a logarithm or a cosine would differ in its
/// last bit from one machine to the next.</summary>
internal static class NoiseData
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    public static IReadOnlyDictionary<string, Tensor> Sample(IReadOnlyList<DataInput> inputs, long seed, int index)
    {
        var sample = new Dictionary<string, Tensor>();
        for (int i = 0; i < inputs.Count; i++)
        {
            ulong state = Mix(Mix((ulong)seed + Step) + Step * (ulong)index) + (ulong)i;
            sample[inputs[i].Name] = Fill(inputs[i], Mix(state));
        }

        return sample;
    }

    private static Tensor Fill(DataInput input, ulong state)
    {
        (ElementType element, Shape shape) = (input.Element, input.Shape);
        var count = (int)shape.ElementCount;
        if (element.IsFloat())
        {
            var values = new float[count];
            for (int i = 0; i < count; i++)
                values[i] = Normal(ref state);
            return ElementConversion.Convert(Tensor.Of(shape, values), element)!;
        }

        if (input.Limit != 2 && element is ElementType.I32 or ElementType.I64)
        {
            long[] indices = [.. Enumerable.Range(0, count).Select(_ => (long)(Next(ref state) % (ulong)Math.Max(input.Limit, 1)))];
            return element == ElementType.I64 ? Tensor.Of(shape, indices) : Tensor.Of(shape, [.. indices.Select(index => (int)index)]);
        }

        int size = element.SizeOf();
        bool whole = element is ElementType.I8 or ElementType.U8 or ElementType.I16;
        var bytes = new byte[count * size];
        for (int i = 0; i < bytes.Length; i += whole ? 1 : size)
            bytes[i] = (byte)(Next(ref state) & (whole ? 0xFFu : 1));
        return Tensor.FromBytes(element, shape, bytes);
    }

    /// <summary>The sum of twelve numbers uniform in [0,1) has variance 1; less 6, mean 0. Here they have 16 bits each.</summary>
    private static float Normal(ref ulong state)
    {
        int sum = 0;
        for (int draw = 0; draw < 3; draw++)
        {
            ulong bits = Next(ref state);
            sum += (ushort)bits + (ushort)(bits >> 16) + (ushort)(bits >> 32) + (ushort)(bits >> 48);
        }

        // Each of the twelve is half a step low on average.
        return (sum + 6 - 6 * 65536) / 65536f;
    }

    private static ulong Next(ref ulong state) => Mix(state += Step);

    private static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
