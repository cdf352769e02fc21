using Sprache;

namespace Edgec.Diagnostics;

/// <summary>Where a text left its grammar, in words.</summary>
public static class SyntaxFault
{
    private const int LongestQuote = 24;

    /// <summary><c>expected 'a' or 'b', found 'c'.</c></summary>
    /// <param name="end">What ends where the text ends.</param>
    public static string Describe<T>(IResult<T> failure, string end = "the end of the file") =>
        $"expected {string.Join(" or ", failure.Expectations.Distinct())}, found {Found(failure.Remainder, end)}.";

    private static string Found(IInput input, string end)
    {
        if (input.AtEnd)
            return end;
        string rest = input.Source.Substring(input.Position, Math.Min(LongestQuote, input.Source.Length - input.Position));
        if (rest[0] is '\r' or '\n')
            return "the end of the line";
        string word = string.Concat(rest.TakeWhile(c => !char.IsWhiteSpace(c)));
        return $"'{string.Concat(word.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c))}'";
    }
}
