using System.Globalization;
using Sprache;

namespace Edgec.Quantize.Precision;

/// <summary>The grammar of one line of a precision plan.</summary>
/// <remarks><code>
/// line      = [ entry ] [ "#" anything ]
/// entry     = "default" "=" precision | "ends" "=" precision | "layer" pattern "=" precision
/// precision = "fp32" | word [ "group" number ] [ "wide" channels ] [ "rank" number ]
/// channels  = range { "," range }
/// range     = number [ "-" number ]
/// word      = "w8a8" | "w4a8" | "w8a16" | "w4a16"
/// </code></remarks>
internal static class PrecisionGrammar
{
    /// <summary>What a line says; the key is <c>default</c>, <c>ends</c> or <c>layer</c>, which alone has a pattern.</summary>
    internal sealed record Entry(string Key, NamePattern? Layers, LayerPrecision Precision);

    private const int LargestGroup = 65_536;
    private const int HighestRank = 4096;

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

    private static readonly Parser<int> Channel =
        Lexeme(Parse.Digit.AtLeastOnce().Text()
            .Where(digits => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n <= ChannelSet.Highest))
            .Select(digits => int.Parse(digits, CultureInfo.InvariantCulture))
            .Named($"a channel from 0 to {ChannelSet.Highest}");

    private static readonly Parser<ChannelRange> Channels =
        from first in Channel
        from last in Lexeme(Parse.Char('-')).Then(_ => Channel.Where(n => n >= first).Named($"a channel from {first} on")).XOr(Parse.Return(first))
        select new ChannelRange(first, last);

    private static readonly Parser<ChannelSet> Wide =
        from keyword in Lexeme(Parse.String("wide").Text())
        from ranges in Channels.XDelimitedBy(Lexeme(Parse.Char(',')))
        select ChannelSet.Of(ranges);

    private static readonly Parser<int> Rank =
        from keyword in Lexeme(Parse.String("rank").Text())
        from rank in Lexeme(Parse.Digit.AtLeastOnce().Text()
            .Where(digits => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n is > 0 and <= HighestRank)
            .Named($"a rank of 1 to {HighestRank}"))
        select int.Parse(rank, CultureInfo.InvariantCulture);

    /// <summary><c>w4a8 group 32</c>, <c>w4a8 wide 0-3,17</c>, <c>w4a16 rank 8</c></summary>
    public static readonly Parser<LayerPrecision> Precision =
        from precision in Word
        from grouped in precision.IsFloat ? Parse.Return(precision) : Group.Select(size => precision with { WeightGroup = size }).XOr(Parse.Return(precision))
        from widened in precision.IsFloat ? Parse.Return(grouped) : Wide.Select(channels => grouped with { Wide = channels }).XOr(Parse.Return(grouped))
        from branched in precision.IsFloat ? Parse.Return(widened) : Rank.Select(rank => widened with { Rank = rank }).XOr(Parse.Return(widened))
        select branched;

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
