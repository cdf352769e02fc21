using System.Globalization;
using System.Text;

namespace Edgec.Emit.Report;

/// <summary>Text from a model as part of a page. Names are anybody's bytes.</summary>
internal static class Html
{
    /// <summary>Escapes for elements and quoted attributes, in HTML and XML. What cannot be seen, or turns the direction of
    /// writing, becomes U+FFFD; long text is cut.</summary>
    public static string Escape(string text, int longest = 160)
    {
        var escaped = new StringBuilder(text.Length);
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (length++ == longest)
            {
                escaped.Append('…');
                break;
            }

            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ when IsSeen(rune) => escaped.Append(rune.ToString()),
                _ => escaped.Append('\uFFFD'),
            };
        }

        return escaped.ToString();
    }

    /// <summary>The same, with the middle left out of long text: names differ at both ends.</summary>
    public static string EscapeShort(string text, int longest)
    {
        int head = longest / 3, tail = longest - 1 - head;
        return Escape(text.Length <= longest ? text : $"{text[..head]}…{text[^tail..]}");
    }

    private static bool IsSeen(Rune rune) => (rune.Value & 0xFFFE) != 0xFFFE && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}
