using System.Text;

namespace Edgec.Lowering;

/// <summary>Indented lines of at most <see cref="Width"/> characters.</summary>
internal sealed class SourceLines
{
    public const int Width = 120;

    private readonly StringBuilder text = new();
    private int depth;

    public void Add(string line) => text.Append(' ', line.Length == 0 ? 0 : depth * 4).Append(line).Append('\n');

    public void Unindented(string line) => text.Append(line).Append('\n');

    public void Indented(Action body)
    {
        depth++;
        body();
        depth--;
    }

    /// <summary>A signature; where it is too long, its parts go below it.</summary>
    public void Signature(string opening, IEnumerable<string> parts, string closing)
    {
        string joined = string.Join(", ", parts);
        if (opening.Length + joined.Length + closing.Length <= Width)
        {
            Add($"{opening}{joined}{closing}");
            return;
        }

        Add(opening);
        depth += 2;
        Wrapped("", $"{joined}{closing}", ", ");
        depth -= 2;
    }

    /// <summary>Words of a comment, on as many lines as they need.</summary>
    public void Comment(string words)
    {
        string joined = string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (joined.Length > 0)
            Wrapped("// ", joined, " ");
    }

    private void Wrapped(string prefix, string line, string separator)
    {
        int room = Width - depth * 4 - prefix.Length;
        while (line.Length > room)
        {
            int cut = line.LastIndexOf(separator, room - separator.TrimEnd().Length, StringComparison.Ordinal);
            int end = cut + separator.TrimEnd().Length;
            Add(prefix + line[..end]);
            line = line[(cut + separator.Length)..];
        }

        Add(prefix + line);
    }

    public override string ToString() => text.ToString();
}
