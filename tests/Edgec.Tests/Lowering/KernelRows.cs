namespace Edgec.Tests.Lowering;

/// <summary>Rows of arguments from a domain: all of a small one; else every combination of edge values, then random draws.</summary>
internal static class KernelRows
{
    public const int Draws = 1_000_000;
    private const int Attempts = 20 * Draws;
    private const double ExhaustiveLimit = 1 << 24;
    private const double EdgeLimit = 1 << 18;

    public static bool IsExhaustive(KernelDomain domain) => domain.Size <= ExhaustiveLimit;

    /// <summary>Each row is valid until the next is asked for.</summary>
    public static IEnumerable<long[]> Of(KernelDomain domain, int seed) =>
        IsExhaustive(domain)
            ? Combinations(domain, [.. domain.Ranges.Select(Every)])
            : Combinations(domain, [.. domain.Ranges.Select(range => Edges(range, domain.Ranges.Length))]).Concat(Random(domain, seed));

    private static long[] Every((Int128 Low, Int128 High) range) =>
        [.. Enumerable.Range(0, (int)(range.High - range.Low) + 1).Select(i => (long)(range.Low + i))];

    /// <summary>The ends, zero and its neighbours, then the neighbourhood of powers of two, as many as leave the combinations bounded.</summary>
    private static long[] Edges((Int128 Low, Int128 High) range, int parameters)
    {
        IEnumerable<Int128> powers = from exponent in (int[])[31, 15, 16, 7, 8, 32, 62, 4, 24]
                                     let power = Int128.One << exponent
                                     from edge in (Int128[])[power, power - 1, -power, -power + 1, power + 1]
                                     select edge;
        Int128[] edges = [range.Low, range.High, 0, 1, -1, range.Low + 1, range.High - 1, .. powers];
        int count = Math.Max(3, (int)Math.Pow(EdgeLimit, 1.0 / parameters));
        return [.. edges.Where(edge => edge >= range.Low && edge <= range.High).Distinct().Take(count).Select(Bits)];
    }

    private static IEnumerable<long[]> Combinations(KernelDomain domain, long[][] choices)
    {
        long total = choices.Aggregate(1L, (product, values) => product * values.Length);
        long[] row = new long[choices.Length];
        for (long index = 0; index < total; index++)
        {
            long rest = index;
            for (int i = 0; i < choices.Length; i++)
            {
                row[i] = choices[i][rest % choices[i].Length];
                rest /= choices[i].Length;
            }

            domain.Derive(row);
            if (domain.Where(row))
                yield return row;
        }
    }

    private static IEnumerable<long[]> Random(KernelDomain domain, int seed)
    {
        Random random = new(seed);
        long[] row = new long[domain.Ranges.Length];
        int rows = 0;
        for (int attempt = 0; attempt < Attempts && rows < Draws; attempt++)
        {
            for (int i = 0; i < row.Length; i++)
                row[i] = Draw(domain.Ranges[i], random);
            domain.Derive(row);
            if (!domain.Where(row))
                continue;

            rows++;
            yield return row;
        }
    }

    /// <summary>Half the draws are uniform over the range, half over the magnitudes in it.</summary>
    private static long Draw((Int128 Low, Int128 High) range, Random random)
    {
        ulong bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        UInt128 span = (UInt128)(range.High - range.Low) + 1;
        if (random.Next(2) == 0)
            return Bits(range.Low + (Int128)(span > ulong.MaxValue ? bits : bits % (ulong)span));

        Int128 magnitude = bits >> random.Next(64);
        Int128 value = random.Next(2) == 0 ? magnitude : -magnitude;
        return Bits(Int128.Clamp(value, range.Low, range.High));
    }

    private static long Bits(Int128 value) => unchecked((long)value);
}
