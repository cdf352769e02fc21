using System.Text;

namespace Edgec.Quantize.Precision;

/// <summary>
/// A name, or many: <c>*</c> stands for any characters. A backslash takes the meaning from the character behind it, and
/// <c>\n</c>, <c>\t</c>, <c>\r</c> are a line's end, a tab and a return, so that every name can be written.
/// </summary>
/// <param name="Text">As it is written.</param>
public sealed record NamePattern(string Text)
{
    /// <summary>What has to be escaped in a name.</summary>
    public const string Special = "*\\#= \t\r\n";

    /// <summary>The pattern that one name matches and no other.</summary>
    public static NamePattern Exactly(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            text.Append(c switch
            {
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                _ when Special.Contains(c) => $"\\{c}",
                _ => c.ToString(),
            });
        }

        return new(text.ToString());
    }

    /// <summary>True if the whole name fits. Time is at most the product of the two lengths.</summary>
    public bool Matches(string name)
    {
        List<char?> pieces = Pieces();
        // The greedy matching of wildcards: a mismatch goes back to the last star, which then takes one character more.
        int at = 0, piece = 0, star = -1, starAt = 0;
        while (at < name.Length)
        {
            if (piece < pieces.Count && pieces[piece] is null)
                (star, starAt) = (piece++, at);
            else if (piece < pieces.Count && pieces[piece] == name[at])
                (piece, at) = (piece + 1, at + 1);
            else if (star >= 0)
                (piece, at) = (star + 1, ++starAt);
            else
                return false;
        }

        return pieces.Skip(piece).All(p => p is null);
    }

    /// <summary>The name without escapes, stars as they are: what a person would call it.</summary>
    public override string ToString() => string.Concat(Pieces().Select(c => c ?? '*'));

    // A null stands for any characters.
    private List<char?> Pieces()
    {
        var pieces = new List<char?>();
        for (int i = 0; i < Text.Length; i++)
        {
            if (Text[i] == '\\' && i + 1 < Text.Length)
                pieces.Add(Text[++i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var c => c });
            else
                pieces.Add(Text[i] == '*' ? null : Text[i]);
        }

        return pieces;
    }
}
