using System.Text;

namespace Edgec.Emit;

/// <summary>Text for source files in C and C#: comments made safe, lines wrapped and indented.</summary>
internal static class SourceText
{
    public const int Width = 120;

    private const int MostCharacters = 200;

    /// <summary>
    /// Words from a model, which may hold anything, as a part of a comment or a string: printable ASCII, nothing that ends
    /// either or joins lines (a backslash, or a trigraph that stands for one).
    /// </summary>
    public static string Plain(string words)
    {
        var text = new StringBuilder();
        foreach (char c in words)
        {
            if (text.Length == MostCharacters)
                return text.Append("...").ToString();
            text.Append(c is '\\' ? '/' : c is '"' ? '\'' : c is '?' or < ' ' or > '~' ? '_' : c);
        }

        return text.ToString().Replace("*/", "*_", StringComparison.Ordinal).Replace("/*", "/_", StringComparison.Ordinal);
    }

    /// <summary>Comment lines of at most <see cref="Width"/> characters.</summary>
    public static string Comment(string words)
    {
        var text = new StringBuilder();
        int column = 0;
        foreach (string word in words.Split(' '))
        {
            if (column == 0 || column + 1 + word.Length > Width)
            {
                text.Append(column == 0 ? "//" : "\n//");
                column = 2;
            }

            text.Append(' ').Append(word);
            column += 1 + word.Length;
        }

        return text.ToString();
    }

    /// <summary>
    /// A list between <paramref name="head"/> and <paramref name="tail"/>; where one line is too long, it goes on
    /// below, eight columns in from <paramref name="margin"/>.
    /// </summary>
    public static string Wrap(string head, IEnumerable<string> items, string tail, int margin = 0)
    {
        string indent = new(' ', margin);
        string line = indent + head + string.Join(", ", items) + tail;
        if (line.Length <= Width)
            return line;
        var text = new StringBuilder(indent + head);
        int column = Width;
        string[] all = [.. items];
        for (int i = 0; i < all.Length; i++)
        {
            string item = all[i] + (i == all.Length - 1 ? tail : ",");
            string separator = " ";
            if (column + 1 + item.Length > Width)
            {
                separator = "\n" + indent + "        ";
                column = margin + 8;
            }
            else
            {
                column++;
            }

            text.Append(separator).Append(item);
            column += item.Length;
        }

        return text.ToString();
    }

    /// <summary>Every line that is not empty moved right by one level.</summary>
    public static string Indent(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Length == 0 ? line : "    " + line));
}
