using System.Globalization;
using System.Text.RegularExpressions;
using Edgec.Ir;
using Edgec.Runtime.Kernels;
using Sprache;
using static Edgec.Targets.TargetGrammar;

namespace Edgec.Targets;

/// <summary>What may stand after a key. Units are part of the syntax and ranges part of what is expected, so every
/// fault of a value reads <c>expected …, found …</c> at the character where it lies.</summary>
internal static partial class TargetValues
{
    private const decimal Giga = 1_000_000_000m;
    private const long LargestCache = 1L << 30;

    private static readonly Parser<string> Digits = Run(c => char.IsAsciiDigit(c) || c is '.' or ',');

    public static readonly Parser<string> Description =
        ToEndOfLine(Checked(Word.Where(word => word.All(IsPlain)), "letters, digits, spaces and . , : ; ( ) / + # % & _ -"))
            .Select(words => string.Join(' ', words));

    public static readonly Parser<string> Part =
        Checked(Run(c => char.IsAsciiLetterOrDigit(c) || c == '-'), "a part as the vendor's tool spells it");

    public static readonly Parser<FpgaFamily> Family = Choice(
        ("zynq-7000", FpgaFamily.Zynq7000),
        ("zynq-ultrascale+", FpgaFamily.ZynqUltraScalePlus),
        ("7-series", FpgaFamily.Series7),
        ("ultrascale+", FpgaFamily.UltraScalePlus));

    /// <summary><c>360 dsp48e2</c></summary>
    public static readonly Parser<(int Count, DspKind Kind)> Dsp =
        from count in Count(1, 100_000)
        from kind in Choice(("dsp48e1", DspKind.Dsp48E1), ("dsp48e2", DspKind.Dsp48E2))
        select (count, kind);

    /// <summary><c>250 MHz</c></summary>
    public static readonly Parser<double> Clock = Quantity(1, 10_000, "MHz");

    /// <summary><c>6 ports of 128 bit</c></summary>
    public static readonly Parser<(int Ports, int Bits)> Axi =
        from ports in Count(1, 64)
        from word in Lexeme(OneOf("ports", "port"))
        from of in Lexeme(OneOf("of"))
        from bits in Lexeme(OneOf("32", "64", "128", "256", "512", "1024"))
        from unit in Lexeme(OneOf("bit"))
        select (ports, int.Parse(bits, CultureInfo.InvariantCulture));

    /// <summary><c>4.3 GB/s peak, 3.0 GB/s sustained</c>; a gigabyte is 10⁹ bytes.</summary>
    public static readonly Parser<MemoryBandwidth> Memory =
        from peak in Number(0.001m, 100_000)
        from peakUnit in Lexeme(OneOf("GB/s"))
        from peakWord in Lexeme(OneOf("peak,"))
        from sustained in Number(0.001m, 100_000)
        from sustainedUnit in Lexeme(OneOf("GB/s"))
        from sustainedWord in Lexeme(OneOf("sustained"))
        select new MemoryBandwidth((double)(peak * Giga), (double)(sustained * Giga));

    public static readonly Parser<EnergyCost?> Energy =
        from mac in Number(0.0001m, 1_000_000)
        from macUnit in Lexeme(OneOf("pJ/MAC,"))
        from memory in Number(0.0001m, 1_000_000)
        from memoryUnit in Lexeme(OneOf("pJ/B"))
        select new EnergyCost((double)mac, (double)memory);

    public static readonly Parser<CpuArchitecture> Architecture = Choice(
        ("x86-64", CpuArchitecture.X86_64),
        ("aarch64", CpuArchitecture.AArch64),
        ("any", CpuArchitecture.Any),
        ("native", HostMachine.Architecture));

    public static readonly Parser<CpuIsa> Isa = Choice(
        ("portable", CpuIsa.Portable),
        ("neon", CpuIsa.Neon),
        ("neon-dotprod", CpuIsa.NeonDotprod),
        ("avx2", CpuIsa.Avx2),
        ("native", HostMachine.Isa));

    /// <summary>A command needs no quoting in a makefile, a shell or a CMake file.</summary>
    public static readonly Parser<string> Command =
        Checked(Word.Where(word => word[0] != '-' && word.All(IsCommand)), "a command of letters, digits and . _ + / -");

    public static readonly Parser<EquatableArray<string>> Flags =
        ToEndOfLine(Checked(Word.Where(word => word[0] == '-' && word.All(IsFlag)), "a flag of letters, digits and . _ + / - = , :"))
            .Select(flags => new EquatableArray<string>([.. flags]));

    public static readonly Parser<int> Cores = Lexeme(OneOf("native")).Select(_ => HostMachine.Cores).Or(Count(1, 1024));

    /// <summary><c>32 KiB</c>, <c>8 MiB</c></summary>
    public static readonly Parser<long> Cache =
        (from count in Count(1, 1_048_576)
         from shift in Choice(("KiB", 10), ("MiB", 20))
         select (long)count << shift)
        .Where(size => size <= LargestCache)
        .Named("a size from 1 KiB to 1,024 MiB");

    /// <summary><c>16 MAC/cycle</c></summary>
    public static readonly Parser<double> Rate = Quantity(0.001m, 100_000, "MAC/cycle");

    public static readonly Parser<string> Framework =
        Checked(Word.Where(word => Moniker().IsMatch(word)), "a framework such as net10.0");

    public static readonly Parser<RoundingProfile?> Rounding =
        Choice([.. RoundingProfiles.All.Select(profile => (profile.Text(), (RoundingProfile?)profile))]);

    /// <summary>A whole number, with or without commas between its thousands.</summary>
    public static Parser<int> Count(int least, int most) =>
        from number in Lexeme(Digits
            .Where(text => WholeNumber().IsMatch(text) && Value(text) is { } value && value >= least && value <= most)
            .Named($"a whole number from {Print(least)} to {Print(most)}"))
        select (int)Value(number)!.Value;

    private static Parser<double> Quantity(decimal least, decimal most, string unit) =>
        from number in Number(least, most)
        from _ in Lexeme(OneOf(unit))
        select (double)number;

    private static Parser<decimal> Number(decimal least, decimal most) =>
        from number in Lexeme(Digits
            .Where(text => Value(text) is { } value && value >= least && value <= most)
            .Named($"a number from {Print(least)} to {Print(most)}"))
        select Value(number)!.Value;

    private static Parser<T> Checked<T>(Parser<T> parser, string expectation) => Lexeme(parser.Named(expectation));

    /// <summary>One or more items. Unlike <c>AtLeastOnce</c> it does not forget what was wrong with the last one.</summary>
    private static Parser<IReadOnlyList<T>> ToEndOfLine<T>(Parser<T> item) => input =>
    {
        List<T> items = [];
        do
        {
            IResult<T> result = item(input);
            if (!result.WasSuccessful)
                return Result.Failure<IReadOnlyList<T>>(result.Remainder, result.Message, result.Expectations);
            items.Add(result.Value);
            input = result.Remainder;
        }
        while (!EndOfLine(input).WasSuccessful);
        return Result.Success<IReadOnlyList<T>>(items, input);
    };

    private static Parser<T> Choice<T>(params (string Word, T Value)[] choices) =>
        from word in Lexeme(OneOf([.. choices.Select(choice => choice.Word)]))
        select choices.First(choice => choice.Word == word).Value;

    private static decimal? Value(string text) =>
        text.Length <= 20 && AnyNumber().IsMatch(text)
            ? decimal.Parse(text.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
            : null;

    private static string Print(decimal number) => number.ToString("#,0.###", CultureInfo.InvariantCulture);

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || ".,:;()/+#%&_-".Contains(c);

    private static bool IsCommand(char c) => char.IsAsciiLetterOrDigit(c) || "._+/-".Contains(c);

    private static bool IsFlag(char c) => IsCommand(c) || "=,:".Contains(c);

    [GeneratedRegex(@"\A(\d+|\d{1,3}(,\d{3})+)\z")]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"\A(\d+|\d{1,3}(,\d{3})+)(\.\d+)?\z")]
    private static partial Regex AnyNumber();

    [GeneratedRegex(@"\Anet[0-9]{1,2}\.[0-9]\z")]
    private static partial Regex Moniker();
}
