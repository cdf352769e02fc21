namespace Edgec.Ops;

/// <summary>The rounding modes as QONNX spells them. Its UP and DOWN are away from and toward 0.</summary>
internal static class QonnxRounding
{
    private static readonly (string Text, RoundingMode Mode)[] Spellings =
    [
        ("ROUND", RoundingMode.HalfEven),
        ("HALF_EVEN", RoundingMode.HalfEven),
        ("CEIL", RoundingMode.Ceiling),
        ("FLOOR", RoundingMode.Floor),
        ("UP", RoundingMode.AwayFromZero),
        ("DOWN", RoundingMode.TowardZero),
        ("ROUND_TO_ZERO", RoundingMode.TowardZero),
        ("HALF_UP", RoundingMode.HalfAwayFromZero),
        ("HALF_DOWN", RoundingMode.HalfTowardZero),
    ];

    public static string Text(RoundingMode mode) => Spellings.First(s => s.Mode == mode).Text;

    /// <exception cref="OperatorException">There is no such mode.</exception>
    public static RoundingMode Parse(string text) =>
        Spellings.FirstOrDefault(s => s.Text.Equals(text, StringComparison.OrdinalIgnoreCase)) is { Text: not null } known
            ? known.Mode
            : throw OperatorException.Invalid($"rounding_mode is one of {string.Join(", ", Spellings.Select(s => s.Text))}, not {text}.");
}
