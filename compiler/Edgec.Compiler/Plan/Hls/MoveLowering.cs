using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>Turns strided copies into a program for the mover: pieces of the result that fit its buffer, and what goes into each.</summary>
public static class MoveLowering
{
    /// <summary>Records of a program at most; each is 64 bytes of the parameter image.</summary>
    public const int MostRecords = 1 << 18;

    private const int Lanes = EngineConfiguration.Lanes;
    private const int RecordNumbers = 16;
    private const int EngineLoops = 4;

    /// <param name="sources">Word addresses of the operands.</param>
    /// <param name="target">Word address of the result.</param>
    /// <param name="words">Words of the result.</param>
    /// <returns>Null if the program would be too long.</returns>
    public static MoveCommand? Lower(
        int layer, MoveKernel kernel, int[] sources, int target, int words, int bufferWords, ParameterImage image)
    {
        List<(CopyNest Nest, int Source)> copies =
            [.. kernel.Copies.Select(c => (Nest: CopyNest.Of(InBytes(c, kernel.ElementSize))!, Source: sources[c.Operand])).Where(c => c.Nest is not null)];
        int segment = SegmentWords(copies.Select(c => c.Nest), bufferWords);
        var program = new List<int>();
        int segments = 0;
        long steps = 0;
        for (int first = 0; first < words; first += segment, segments++)
        {
            int size = Math.Min(segment, words - first);
            List<int[]> records = [];
            foreach ((CopyNest nest, int source) in copies)
            {
                foreach (CopyNest part in nest.Within((long)first * Lanes, (long)(first + size) * Lanes))
                {
                    foreach (int[] record in Records(part, source, (long)first * Lanes))
                    {
                        records.Add(record);
                        steps += record[0];
                        if (records.Count + program.Count / RecordNumbers > MostRecords)
                            return null;
                    }
                }
            }

            int[] head = new int[RecordNumbers];
            (head[0], head[1], head[2], head[3]) = (target + first, size, kernel.Fill is null ? 0 : 1, records.Count);
            (head[4], head[5]) = Pattern(kernel.Fill ?? 0, kernel.ElementSize);
            program.AddRange(head);
            foreach (int[] record in records)
                program.AddRange(record);
        }

        int at = image.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(program));
        return new(at, segments, program.Count / RecordNumbers, steps, words) { Layer = layer };
    }

    /// <summary>An element of several bytes is a run of lanes.</summary>
    private static StridedCopy InBytes(StridedCopy copy, int size) => size == 1 ? copy : new(
        copy.Operand, [.. copy.Extents, size], [.. copy.SourceStrides.Select(s => s * size), 1], [.. copy.TargetStrides.Select(s => s * size), 1],
        copy.SourceOffset * size, copy.TargetOffset * size);

    /// <summary>The bits of an element over and over, 8 bytes of them.</summary>
    private static (int Low, int High) Pattern(long fill, int size)
    {
        ulong bits = 0;
        for (int i = 0; i < sizeof(long); i++)
            bits |= ((ulong)fill >> (8 * (i % size)) & 0xff) << (8 * i);
        return ((int)(uint)bits, (int)(bits >> 32));
    }

    /// <summary>A piece is a whole number of rounds of the widest loop that fits the buffer, so that few copies are cut.</summary>
    private static int SegmentWords(IEnumerable<CopyNest> nests, int bufferWords)
    {
        long widest = 1;
        foreach (CopyLoop loop in nests.SelectMany(n => n.Loops))
        {
            if (loop.Target % Lanes == 0 && loop.Target / Lanes <= bufferWords)
                widest = Math.Max(widest, loop.Target / Lanes);
        }

        return (int)(bufferWords / widest * widest);
    }

    private static IEnumerable<int[]> Records(CopyNest nest, int source, long first)
    {
        // Reading order: a contiguous run innermost, else whatever walks the operand in the smallest steps.
        CopyLoop[] loops = [.. nest.Loops.OrderByDescending(l => (l.Source, l.Target) == (1, 1) ? -1 : l.Source == 0 ? long.MaxValue : Math.Abs(l.Source))];
        if (loops.Length > EngineLoops)
        {
            CopyLoop outer = loops[0];
            for (int i = 0; i < outer.Extent; i++)
                foreach (int[] record in Records(new(nest.Source + i * outer.Source, nest.Target + i * outer.Target, loops[1..]), source, first))
                    yield return record;
            yield break;
        }

        if (loops.Length == 0)
            loops = [new(1, 1, 1)];
        long word = nest.Source >= 0 ? nest.Source / Lanes : throw new InvalidOperationException("a copy begins before its operand");
        var numbers = new int[RecordNumbers];
        (numbers[1], numbers[2], numbers[3]) = (checked((int)(source + word)), (int)(nest.Source % Lanes), checked((int)(nest.Target - first)));
        for (int i = 0; i < EngineLoops; i++)
        {
            CopyLoop loop = i < EngineLoops - loops.Length ? new(1, 0, 0) : loops[i - (EngineLoops - loops.Length)];
            (numbers[4 + i], numbers[8 + i], numbers[12 + i]) = (loop.Extent, checked((int)loop.Source), checked((int)loop.Target));
        }

        numbers[0] = checked((int)Steps(loops, numbers[2]));
        yield return numbers;
    }

    /// <summary>Steps of the engine: elements, or words that runs touch. Only the lane at which a run begins matters.</summary>
    private static long Steps(CopyLoop[] loops, int lane)
    {
        CopyLoop last = loops[^1];
        if (last is not { Source: 1, Target: 1 })
            return loops.Aggregate(1L, (product, l) => product * l.Extent);
        var begins = new long[Lanes]; // runs that begin at each lane
        begins[lane] = 1;
        foreach (CopyLoop loop in loops[..^1])
        {
            var next = new long[Lanes];
            for (int phase = 0; phase < Math.Min(Lanes, loop.Extent); phase++)
            {
                long rounds = (loop.Extent - phase + Lanes - 1) / Lanes;
                int shift = (int)(((phase * loop.Source % Lanes) + Lanes) % Lanes);
                for (int l = 0; l < Lanes; l++)
                    next[(l + shift) % Lanes] += begins[l] * rounds;
            }

            begins = next;
        }

        return begins.Select((count, l) => count * ((l + last.Extent + Lanes - 1) / Lanes)).Sum();
    }
}
