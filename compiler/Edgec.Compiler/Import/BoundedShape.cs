using Edgec.Runtime;

namespace Edgec.Import;

/// <summary>Shapes that a file declares, checked before anything is allocated for them.</summary>
internal static class BoundedShape
{
    /// <summary>More axes than any operator or array library knows.</summary>
    private const int MaxRank = 64;

    /// <summary>The declared shape, null if it is negative, or if a tensor of it would not fit in one array.</summary>
    public static Shape? Of(IReadOnlyList<long> extents, ElementType element)
    {
        if (extents.Count > MaxRank)
            return null;
        long count = 1;
        foreach (long extent in extents)
        {
            if (extent is < 0 or > int.MaxValue)
                return null;
            count *= extent; // Both below 2^31, so this cannot overflow.
            if (count * element.SizeOf() > Array.MaxLength)
                return null;
        }

        return Shape.From(extents.Select(extent => (int)extent));
    }

    /// <summary>The extents as a shape prints, however wrong; cut after the eighth.</summary>
    public static string Text(IReadOnlyList<long> extents) =>
        $"[{string.Join(',', extents.Take(8))}{(extents.Count > 8 ? $",… {extents.Count} axes" : "")}]";
}
