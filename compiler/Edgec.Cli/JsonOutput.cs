using System.Text.Json;
using System.Text.Json.Nodes;

namespace Edgec.Cli;

/// <summary>What <c>--json</c> prints: one object on standard output, keys stable.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Print(JsonObject value) => Console.Out.WriteLine(value.ToJsonString(Plain));

    /// <summary>A number, or null where it is infinite or not a number, which JSON cannot say.</summary>
    public static JsonNode? Number(double? value) => value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;
}
