namespace Edgec.Passes;

/// <summary>
/// Values whose channels stand in one order: that of a root, and what is computed of it channel by channel. Asked for are lists
/// of the root's channels; where the root's weights make any order as good as another, it is one in which as many as possible
/// of them are a range.
/// </summary>
/// <param name="root">The value, by its name in the graph before the pass.</param>
/// <param name="count">Its channels.</param>
internal sealed class ChannelFamily(string root, int count)
{
    private readonly List<int[]> exact = []; // in this order, on its own or between others
    private readonly List<(HashSet<int> Channels, bool IsAlone)> wanted = [];
    private int[]? order;

    public string Root => root;

    public int Count => count;

    /// <summary>True if the root's weights may give the channels in any order.</summary>
    public bool IsFree { get; init; }

    /// <summary>True if the order is that in which the root reads its channels.</summary>
    public bool Follows { get; init; }

    /// <summary>Values of the family besides the root.</summary>
    public int Others { get; set; }

    /// <summary>True if somebody needs channels in the order of the model.</summary>
    public bool IsExact => exact.Count > 0;

    /// <summary>Root channels by position.</summary>
    public int[] Order
    {
        get => order ??= IsFree ? Arrange() : [.. Enumerable.Range(0, count)];
        set => order = value;
    }

    /// <summary>Somebody reads these channels of the root.</summary>
    /// <param name="inOrder">In just this order.</param>
    /// <param name="isAlone">And nothing beside them.</param>
    public void Ask(int[] channels, bool inOrder, bool isAlone)
    {
        if (inOrder)
            exact.Add(channels);
        wanted.Add(([.. channels], isAlone));
    }

    /// <summary>
    /// The lengths of the parts, in order, into which the root is best cut so that those who read a part read a value of its own;
    /// null if it stays whole.
    /// </summary>
    public List<int>? Parts()
    {
        if (!IsFree || Others > 0 || wanted.Count == 0)
            return null;
        var lengths = new List<int>();
        bool joins = false;
        foreach (List<int> part in Classes())
        {
            bool isRead = wanted.Any(set => set.IsAlone && set.Channels.SetEquals(part));
            if (!isRead && wanted.Any(set => set.IsAlone && set.Channels.Overlaps(part)))
                return null;
            if (joins && !isRead)
                lengths[^1] += part.Count;
            else
                lengths.Add(part.Count);
            joins = !isRead;
        }

        return lengths.Count > 1 ? lengths : null;
    }

    private int[] Arrange()
    {
        int[] natural = [.. Enumerable.Range(0, count)];
        return exact.Find(list => list.Length == count && list.SequenceEqual(natural)) is { } same ? same
            : exact.Find(list => list.Length == count) ?? [.. Classes().SelectMany(part => part)];
    }

    // Channels that the same readers ask for, in the order somebody needs, else in the model's.
    private List<List<int>> Classes()
    {
        if (exact.Exists(list => list.Length == count))
            return [[.. Order]];
        var rank = new int[count];
        foreach (int[] list in Enumerable.Reverse(exact))
        {
            for (int i = 0; i < list.Length; i++)
                rank[list[i]] = i + 1;
        }

        return [.. Enumerable.Range(0, count)
            .GroupBy(channel => string.Join(',', wanted.Index().Where(set => set.Item.Channels.Contains(channel)).Select(set => set.Index)))
            .Select(part => part.OrderBy(channel => rank[channel]).ThenBy(channel => channel).ToList())
            .OrderBy(part => part.Min())];
    }
}
