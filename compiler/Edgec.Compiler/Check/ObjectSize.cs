using System.Globalization;

namespace Edgec.Check;

/// <summary>What a model adds to an application, in bytes.</summary>
/// <param name="Code">Instructions.</param>
/// <param name="Constants">Read-only data beside the weights.</param>
/// <param name="Weights">The weight image.</param>
public sealed record ObjectSize(long Code, long Constants, long Weights)
{
    public long Total => Code + Constants + Weights;

    /// <summary>Reads what <c>size -A -d</c> prints: a section a line, name and bytes first.</summary>
    internal static ObjectSize Parse(string listing, long weights)
    {
        long code = 0, constants = 0;
        foreach (string line in listing.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var name, var digits, ..] || !long.TryParse(digits, CultureInfo.InvariantCulture, out long bytes))
                continue;
            if (name.StartsWith(".text", StringComparison.Ordinal))
                code += bytes;
            else if (name.StartsWith(".rodata", StringComparison.Ordinal))
                constants += bytes;
        }

        return new(code, constants, weights);
    }
}
