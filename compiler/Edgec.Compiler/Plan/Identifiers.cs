using System.Text;

namespace Edgec.Plan;

/// <summary>Names that are valid in C, C++ and C# at once, made from names in models, which may hold anything.</summary>
public sealed class Identifiers
{
    private const int MostCharacters = 48;

    private readonly HashSet<string> taken = [];

    /// <summary>An identifier that this instance has not given before.</summary>
    public string Make(string name)
    {
        string stem = Of(name);
        string unique = stem;
        for (int i = 2; !taken.Add(unique); i++)
            unique = $"{stem}_{i}";
        return unique;
    }

    /// <summary>ASCII letters, digits and single underscores, starting with a letter: a prefix keeps keywords and digits away from emitters that need none.</summary>
    public static string Of(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
                text.Append(c);
            else if (text.Length > 0 && text[^1] != '_')
                text.Append('_');
            if (text.Length == MostCharacters)
                break;
        }

        string trimmed = text.ToString().TrimEnd('_');
        return trimmed.Length == 0 ? "value" : char.IsAsciiDigit(trimmed[0]) ? "n" + trimmed : trimmed;
    }
}
