using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>A strided copy in lanes, made canonical: no loop of one round, no target stride below 1, loops by falling target stride.</summary>
/// <param name="Source">First lane of the operand.</param>
/// <param name="Target">First lane of the result.</param>
internal sealed record CopyNest(long Source, long Target, CopyLoop[] Loops)
{
    /// <summary>Lanes from the first to the last that are written, both counted.</summary>
    public long Span => 1 + Loops.Sum(l => (l.Extent - 1L) * l.Target);

    /// <summary>The copy of an operand; null if it moves nothing.</summary>
    public static CopyNest? Of(StridedCopy copy)
    {
        long source = copy.SourceOffset, target = copy.TargetOffset;
        var loops = new List<CopyLoop>();
        for (int i = 0; i < copy.Extents.Length; i++)
        {
            int extent = copy.Extents[i];
            long from = copy.SourceStrides[i], to = copy.TargetStrides[i];
            if (extent == 0)
                return null;
            if (extent == 1)
                continue;
            if (to == 0)
            {
                source += (extent - 1) * from; // all rounds write one element: the last stays
                continue;
            }

            if (to < 0)
            {
                source += (extent - 1) * from;
                target += (extent - 1) * to;
                (from, to) = (-from, -to);
            }

            loops.Add(new(extent, from, to));
        }

        loops.Sort((a, b) => b.Target.CompareTo(a.Target));
        for (int i = loops.Count - 2; i >= 0; i--)
        {
            (CopyLoop outer, CopyLoop inner) = (loops[i], loops[i + 1]);
            bool merges = outer.Target == inner.Target * inner.Extent && outer.Source == inner.Source * inner.Extent;
            if (!merges)
                continue;
            loops[i] = inner with { Extent = outer.Extent * inner.Extent };
            loops.RemoveAt(i + 1);
        }

        return new(source, target, [.. loops]);
    }

    /// <summary>The parts of this copy that write lanes from <paramref name="first"/> up to <paramref name="end"/>.</summary>
    public IEnumerable<CopyNest> Within(long first, long end)
    {
        if (Target >= end || Target + Span <= first)
            yield break;
        if (Target >= first && Target + Span <= end)
        {
            yield return this;
            yield break;
        }

        // The outermost loop is cut: rounds wholly inside stay one copy, those at the edges are looked at alone.
        CopyLoop outer = Loops[0];
        CopyLoop[] inner = Loops[1..];
        long span = Span - ((outer.Extent - 1L) * outer.Target);
        int begin = (int)Math.Clamp(CeilingDivide(first - Target, outer.Target), 0, outer.Extent);
        int stop = (int)Math.Clamp(FloorDivide(end - span - Target, outer.Target) + 1, begin, outer.Extent);
        int from = (int)Math.Clamp(FloorDivide(first - span - Target, outer.Target) + 1, 0, begin);
        int until = (int)Math.Clamp(CeilingDivide(end - Target, outer.Target), stop, outer.Extent);
        for (int i = from; i < begin; i++)
            foreach (CopyNest part in Round(i, inner).Within(first, end))
                yield return part;
        if (stop > begin)
        {
            CopyNest whole = Round(begin, inner);
            yield return stop - begin == 1 ? whole : whole with { Loops = [outer with { Extent = stop - begin }, .. inner] };
        }

        for (int i = stop; i < until; i++)
            foreach (CopyNest part in Round(i, inner).Within(first, end))
                yield return part;
    }

    private CopyNest Round(int i, CopyLoop[] inner) =>
        new(Source + i * Loops[0].Source, Target + i * Loops[0].Target, inner);

    private static long FloorDivide(long a, long b) => a >= 0 ? a / b : -((-a + b - 1) / b);

    private static long CeilingDivide(long a, long b) => -FloorDivide(-a, b);
}

/// <summary>One loop of a copy: rounds, and lanes from one to the next.</summary>
internal readonly record struct CopyLoop(int Extent, long Source, long Target);
