using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edgec.Bundle;

/// <summary>What <c>verify</c> found, kept beside the manifest in <c>verify.json</c> for the report. No time, no machine.</summary>
/// <param name="Samples">Inputs on which the bundle ran.</param>
/// <param name="FirstDifference">Layer and element, in words; null if all is equal.</param>
/// <param name="ChangedFiles">Files that are not as the manifest says.</param>
public sealed record Verification(
    int Samples, bool Equal, string? FirstDifference, ImmutableArray<string> ChangedFiles, ImmutableArray<LayerVerdict> Layers)
{
    public const string FileName = "verify.json";

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, VerificationJson.Default.Verification);

    /// <exception cref="JsonException">The bytes are none.</exception>
    public static Verification FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, VerificationJson.Default.Verification) ?? throw new JsonException("null");
}

/// <summary>One layer of a <see cref="Verification"/>.</summary>
/// <param name="Passed">Equal, or where it computes in float within its bound.</param>
/// <param name="Differing">Elements that differ (float: that exceed the bound).</param>
/// <param name="Worst">The largest difference, in steps for integers, relative for float; null if it is not finite.</param>
public sealed record LayerVerdict(int Index, bool IsFloat, bool Passed, long Differing, double? Worst);

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Verification))]
internal sealed partial class VerificationJson : JsonSerializerContext;
