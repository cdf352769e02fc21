using Sprache;

namespace Edgec.Targets;

/// <summary>The frame of a target file: a kind, a name, and a block of lines that each hold a key and its value.</summary>
/// <remarks><code>
/// file        = { end-of-line } kind name "{" end-of-line { entry | end-of-line } "}" { end-of-line }
/// entry       = key value end-of-line
/// end-of-line = [ "#" anything ] ( newline | end of the file )       "#" begins a line or follows a blank
/// </code>A value's own grammar follows from its key. It is not read here, so a fault in one line does not hide those
/// of the next.</remarks>
internal static class TargetGrammar
{
    /// <summary>A key, and the place where its value begins.</summary>
    internal sealed record Entry(ITextSpan<string> Key, IInput Value);

    internal sealed record Block(ITextSpan<string> Kind, ITextSpan<string> Name, IReadOnlyList<Entry> Entries);

    public const int LongestName = 64;

    public static readonly Parser<IEnumerable<char>> Blanks = Parse.Chars(" \t\r").Many();

    /// <summary>What stands between two blanks. It may hold a <c>#</c>, as in <c>C#</c>, but not begin with one.</summary>
    public static readonly Parser<string> Word =
        from first in Parse.CharExcept(" \t\r\n#")
        from rest in Parse.CharExcept(" \t\r\n").Many().Text()
        select first + rest;

    public static readonly Parser<string> EndOfLine =
        (from blanks in Blanks
         from comment in Parse.Char('#').Then(_ => Parse.CharExcept('\n').Many()).Optional()
         from end in Parse.Char('\n').Select(_ => "").Or(Parse.Return("").End())
         select end).Named("the end of the line");

    private static readonly Parser<IInput> Here = input => Result.Success(input, input);

    private static readonly Parser<string> Kind = OneOf("fpga", "cpu", "dotnet");

    private static readonly Parser<string> Name = Run(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        .Where(name => name.Length <= LongestName && char.IsAsciiLetterOrDigit(name[0]))
        .Named("a name of at most 64 letters, digits, '.', '_' and '-'");

    private static readonly Parser<Entry> Line =
        from indent in Blanks
        from key in Run(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-').Span()
        from blanks in Blanks
        from value in Here
        from rest in Parse.CharExcept('\n').Many()
        from end in Parse.Char('\n').Select(_ => "").Or(Parse.Return("").End())
        select new Entry(key, value);

    public static readonly Parser<Block> File =
        from before in EndOfLine.Many()
        from margin in Blanks
        from kind in Lexeme(Kind.Span())
        from name in Lexeme(Name.Span())
        from open in Lexeme(Symbol('{'))
        from openEnd in EndOfLine
        from entries in Line.Or(EndOfLine.Select(_ => (Entry?)null)).Many()
        from indent in Blanks
        from close in Lexeme(Symbol('}').Named("a key or '}'"))
        from closeEnd in EndOfLine
        from after in EndOfLine.Many()
        from blanks in Blanks
        from end in Parse.Return("").End().Named("the end of the file")
        select new Block(kind, name, [.. entries.OfType<Entry>()]);

    /// <summary>A parser and the blanks after it.</summary>
    public static Parser<T> Lexeme<T>(Parser<T> parser) => parser.Then(value => Blanks.Select(_ => value));

    /// <summary>One of some words, and nothing longer.</summary>
    public static Parser<string> OneOf(params string[] words) =>
        Run(c => c is not (' ' or '\t' or '\r' or '\n')).Where(words.Contains).Named(Alternatives(words));

    public static Parser<string> Run(Predicate<char> belongs) => Parse.Char(belongs, "a word").AtLeastOnce().Text();

    public static string Alternatives(IReadOnlyList<string> words) =>
        words.Count == 1 ? $"'{words[0]}'" : $"{string.Join(", ", words.SkipLast(1).Select(Quoted))} or {Quoted(words[^1])}";

    private static string Quoted(string word) => $"'{word}'";

    private static Parser<char> Symbol(char symbol) => Parse.Char(symbol).Named($"'{symbol}'");
}
