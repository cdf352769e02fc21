using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edgec.Bundle;

/// <summary>What <c>evaluate</c> found on a bundle, kept beside the manifest in <c>evaluation.json</c> for the report.</summary>
/// <param name="Results">One for each metric, output and data, the newest last.</param>
public sealed record AccuracyList(ImmutableArray<Accuracy> Results)
{
    public const string FileName = "evaluation.json";

    public static readonly AccuracyList Empty = new([]);

    /// <summary>With one more, in the place of an older one of the same kind.</summary>
    public AccuracyList With(Accuracy result) => new([.. Results.Where(old => old.Kind != result.Kind), result]);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AccuracyJson.Default.AccuracyList);

    /// <exception cref="JsonException">The bytes are none.</exception>
    public static AccuracyList FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, AccuracyJson.Default.AccuracyList) ?? throw new JsonException("null");
}

/// <summary>A metric of a bundle on some data.</summary>
/// <param name="Data">The name of the data's file or folder.</param>
/// <param name="Count">Samples it was taken over.</param>
/// <param name="Float">Of the float model, where it is known.</param>
/// <param name="Quantized">Of the bundle; null if it is not finite.</param>
/// <param name="Agreement">Share of samples on which both name the same class.</param>
public sealed record Accuracy(string Metric, string Output, string Data, int Count, double? Float, double? Quantized, double? Agreement)
{
    internal (string, string, string) Kind => (Metric, Output, Data);
}

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AccuracyList))]
internal sealed partial class AccuracyJson : JsonSerializerContext;
