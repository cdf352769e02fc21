using System.Globalization;

namespace Edgec.Emit.CSharp;

/// <summary>Constants as C# writes them.</summary>
internal static class CSharpLiteral
{
    /// <summary>The shortest decimal number that reads back as the same single-precision number.</summary>
    public static string Float(float value) => value switch
    {
        float.NaN => "float.NaN",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        _ => value.ToString("R", CultureInfo.InvariantCulture) + "f",
    };

    public static string Bool(bool value) => value ? "true" : "false";

    /// <summary>A collection expression: <c>[3, 4, 5]</c>.</summary>
    public static string List(IEnumerable<int> values) => $"[{string.Join(", ", values)}]";
}
