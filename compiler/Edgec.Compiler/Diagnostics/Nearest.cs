namespace Edgec.Diagnostics;

/// <summary>Finds what a misspelt word was probably meant to be.</summary>
public static class Nearest
{
    private const int LongestWord = 64;
    private const int MostSuggestions = 3;

    /// <summary>Up to three candidates within a few edits of the word or beginning with it, the nearest first.</summary>
    public static IReadOnlyList<string> To(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > LongestWord)
            return [];
        int limit = Math.Max(1, word.Length / 3);
        var near =
            from candidate in candidates
            let edits = candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 0 : Edits(word, candidate)
            where edits <= limit
            orderby edits, candidate.Length
            select candidate;
        return [.. near.Take(MostSuggestions)];
    }

    /// <summary>A sentence to put after a message, with a space before it; empty where nothing is near.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) =>
        To(word, candidates) is { Count: > 0 } near ? $" Did you mean {Join(near)}?" : "";

    private static string Join(IReadOnlyList<string> words) => string.Join(" or ", words.Select(word => $"'{word}'"));

    /// <summary>Insertions, deletions, replacements and swaps of neighbours, blind to case.</summary>
    private static int Edits(string from, string to)
    {
        int[,] cost = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                cost[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1,
                        cost[i - 1, j - 1] + (Same(from[i - 1], to[j - 1]) ? 0 : 1)),
                };
                if (i > 1 && j > 1 && Same(from[i - 1], to[j - 2]) && Same(from[i - 2], to[j - 1]))
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[from.Length, to.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
