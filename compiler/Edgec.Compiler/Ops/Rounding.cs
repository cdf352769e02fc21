namespace Edgec.Ops;

/// <summary>The rounding modes by name and as functions.</summary>
internal static class Rounding
{
    private static readonly (RoundingMode Mode, string Text)[] Spellings =
    [
        (RoundingMode.HalfEven, "half-even"),
        (RoundingMode.HalfUp, "half-up"),
        (RoundingMode.HalfAwayFromZero, "half-away-from-zero"),
        (RoundingMode.HalfTowardZero, "half-toward-zero"),
        (RoundingMode.Floor, "floor"),
        (RoundingMode.Ceiling, "ceiling"),
        (RoundingMode.TowardZero, "toward-zero"),
        (RoundingMode.AwayFromZero, "away-from-zero"),
    ];

    /// <summary>The name in the text form of a graph.</summary>
    public static string Text(this RoundingMode mode) => Spellings.First(s => s.Mode == mode).Text;

    /// <exception cref="OperatorException">There is no such mode.</exception>
    public static RoundingMode Parse(string text) => Spellings.FirstOrDefault(s => s.Text == text) is { Text: not null } known
        ? known.Mode
        : throw OperatorException.Invalid($"Rounding is one of {string.Join(", ", Spellings.Select(s => s.Text))}, not {text}.");

    /// <summary>True for the modes that take the nearest integer and differ only where two are equally near.</summary>
    public static bool IsNearest(this RoundingMode mode) =>
        mode is RoundingMode.HalfEven or RoundingMode.HalfUp or RoundingMode.HalfAwayFromZero or RoundingMode.HalfTowardZero;

    /// <summary>A number as an integer, in single precision as ONNX Runtime computes it.</summary>
    public static float Apply(this RoundingMode mode, float value) => mode switch
    {
        RoundingMode.HalfEven => MathF.Round(value, MidpointRounding.ToEven),
        RoundingMode.HalfUp => MathF.Floor(value) + (value - MathF.Floor(value) >= 0.5f ? 1 : 0),
        RoundingMode.HalfAwayFromZero => MathF.Round(value, MidpointRounding.AwayFromZero),
        RoundingMode.HalfTowardZero => MathF.CopySign(MathF.Ceiling(MathF.Abs(value) - 0.5f), value),
        RoundingMode.Floor => MathF.Floor(value),
        RoundingMode.Ceiling => MathF.Ceiling(value),
        RoundingMode.TowardZero => MathF.Truncate(value),
        RoundingMode.AwayFromZero => MathF.CopySign(MathF.Ceiling(MathF.Abs(value)), value),
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };
}
