using System.Globalization;

namespace Edgec.Emit.Report;

/// <summary>Numbers as a page prints them: three digits that count, a fixed culture.</summary>
internal static class Quantity
{
    public static string Count(double value) => value.ToString("n0", CultureInfo.InvariantCulture);

    /// <summary>Three significant digits, more where they stand before the point.</summary>
    public static string Short(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 99.95 => Count(value),
        >= 9.995 => value.ToString("f1", CultureInfo.InvariantCulture),
        >= 0.0995 => value.ToString("f2", CultureInfo.InvariantCulture),
        _ => value.ToString("g3", CultureInfo.InvariantCulture),
    };

    public static string Fixed(double value, int digits) => value.ToString($"n{digits}", CultureInfo.InvariantCulture);

    /// <summary>No more digits than it has: for the marks of an axis.</summary>
    public static string Round(double value) => value.ToString("#,0.####", CultureInfo.InvariantCulture);

    public static string Percent(double share) => (100 * share).ToString("f1", CultureInfo.InvariantCulture);

    /// <summary>Bytes in the unit that fits: B, KiB, MiB, GiB.</summary>
    public static string Bytes(double bytes) => bytes < 1024 ? $"{Count(bytes)} B" : Bytes(bytes, Short);

    /// <summary>The same for the mark of an axis.</summary>
    public static string RoundBytes(double bytes) => Bytes(bytes, Round);

    /// <summary>A decimal prefix and the unit: <c>2.5 GB/s</c>.</summary>
    public static string Decimal(double value, string unit) => Decimal(value, unit, Short);

    /// <summary>The same for the mark of an axis.</summary>
    public static string RoundDecimal(double value, string unit) => Decimal(value, unit, Round);

    private static string Bytes(double bytes, Func<double, string> digits) => bytes switch
    {
        < 1024 => $"{digits(bytes)} B",
        < 1024 * 1024 => $"{digits(bytes / 1024)} KiB",
        < 1024.0 * 1024 * 1024 => $"{digits(bytes / (1024 * 1024))} MiB",
        _ => $"{digits(bytes / (1024.0 * 1024 * 1024))} GiB",
    };

    private static string Decimal(double value, string unit, Func<double, string> digits) => value switch
    {
        < 1e3 => $"{digits(value)} {unit}",
        < 1e6 => $"{digits(value / 1e3)} k{unit}",
        < 1e9 => $"{digits(value / 1e6)} M{unit}",
        < 1e12 => $"{digits(value / 1e9)} G{unit}",
        _ => $"{digits(value / 1e12)} T{unit}",
    };
}
