using System.Globalization;
using Sprache;

namespace Edgec.Quantize;

/// <summary>The grammar of one line of a precision plan.</summary>
/// <remarks><code>
/// line      = [ entry ] [ "#" anything ]
/// entry     = "default" "=" precision | "ends" "=" precision | "layer" pattern "=" precision
/// precision = "fp32" | word [ "group" number ]
/// word      = "w8a8" | "w4a8" | "w8a16" | "w4a16"
/// </code></remarks>
internal static class PrecisionGrammar
{
    /// <summary>What a line says; the key is <c>default</c>, <c>ends</c> or <c>layer</c>, which alone has a pattern.</summary>
    internal sealed record Entry(string Key, NamePattern? Layers, LayerPrecision Precision);

    private const int LargestGroup = 65_536;

    private static readonly Parser<IEnumerable<char>> Blanks = Parse.Chars(" \t\r").Many();

    private static readonly Parser<string> Escaped =
        from slash in Parse.Char('\\')
        from c in Parse.Char(c => !char.IsControl(c), "a character behind the backslash")
        select $"\\{c}";

    private static readonly Parser<NamePattern> Pattern =
        (from pieces in Escaped.Or(Parse.CharExcept("\\#= \t\r\n").Select(c => c.ToString())).AtLeastOnce()
         select new NamePattern(string.Concat(pieces))).Named("the name of a layer");

    private static readonly Parser<LayerPrecision> Word =
        Lexeme(Parse.LetterOrDigit.AtLeastOnce().Text().Where(word => LayerPrecision.All.Any(p => p.Word == word)))
            .Select(word => LayerPrecision.All.First(p => p.Word == word))
            .Named($"one of {string.Join(", ", LayerPrecision.All.Select(p => p.Word))}");

    private static readonly Parser<int> Group =
        from keyword in Lexeme(Parse.String("group").Text())
        from size in Lexeme(Parse.Digit.AtLeastOnce().Text()
            .Where(digits => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n is > 1 and <= LargestGroup)
            .Named($"a group of 2 to {LargestGroup} weights"))
        select int.Parse(size, CultureInfo.InvariantCulture);

    /// <summary><c>w4a8 group 32</c></summary>
    public static readonly Parser<LayerPrecision> Precision =
        from precision in Word
        from grouped in precision.IsFloat ? Parse.Return(precision) : Group.Select(size => precision with { WeightGroup = size }).XOr(Parse.Return(precision))
        select grouped;

    private static readonly Parser<Entry> Line =
        from key in Lexeme(Parse.Letter.AtLeastOnce().Text().Where(word => word is "default" or "ends" or "layer").Named("'default', 'ends' or 'layer'"))
        from layers in key == "layer" ? Lexeme(Pattern) : Parse.Return<NamePattern?>(null)
        from sign in Lexeme(Parse.Char('=').Named("'='"))
        from precision in Precision
        select new Entry(key, layers, precision);

    private static readonly Parser<string> End =
        (from comment in Parse.Char('#').Then(_ => Parse.AnyChar.Many()).Optional() from end in Parse.Return("").End() select end)
            .Named("the end of the line");

    /// <summary>A whole line; null for one that holds a comment at most.</summary>
    public static readonly Parser<Entry?> Whole =
        from margin in Blanks
        from entry in End.Select(_ => (Entry?)null).Or(Line.Then(entry => End.Select(_ => entry)))
        select entry;

    private static Parser<T> Lexeme<T>(Parser<T> parser) => parser.Then(value => Blanks.Select(_ => value));
}
