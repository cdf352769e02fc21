using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edgec.Bundle;

/// <summary>
/// What a bundle says of itself in <c>manifest.json</c>: enough to check it, to run it and to build it again. No time, no
/// machine, no path: compiling twice gives equal bytes.
/// </summary>
/// <param name="Format">Version of this file's layout.</param>
/// <param name="Backend"><c>c</c>, <c>hls</c> or <c>csharp</c>.</param>
/// <param name="Target">The target file's text, so that a bundle stays checkable without it.</param>
/// <param name="Files">SHA-256 by path, of every file but this one and <c>report.html</c>, which <c>verify</c> and <c>evaluate</c> render anew.</param>
public sealed record Manifest(
    int Format,
    string Tool,
    string Backend,
    string Target,
    ManifestModel Model,
    ImmutableSortedDictionary<string, string> Options,
    ImmutableArray<ManifestPort> Inputs,
    ImmutableArray<ManifestPort> Outputs,
    ImmutableArray<ManifestLayer> Layers,
    long ArenaBytes,
    long WeightBytes,
    ImmutableSortedDictionary<string, string> Files)
{
    /// <summary>The rounding profile.</summary>
    public string Rounding { get; init; } = "single";

    /// <summary>Bytes of constants that several layers share, for each layer but the first: what storing them once saves.</summary>
    public long SharedWeightBytes { get; init; }

    /// <summary>Outputs a caller can ask for, each alone; 0 where every run computes all.</summary>
    public int Tasks { get; init; }

    public const string FileName = "manifest.json";
    public const int CurrentFormat = 1;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.Manifest);

    /// <exception cref="JsonException">The bytes are no manifest.</exception>
    public static Manifest FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ManifestJson.Default.Manifest) ?? throw new JsonException("null");
}

/// <summary>The model a bundle was compiled from.</summary>
public sealed record ManifestModel(string Name, string Sha256);

/// <summary>An input or output: <c>real = scale * (q - zero)</c> where it is quantized.</summary>
public sealed record ManifestPort(string Name, string Element, ImmutableArray<int> Shape, double? Scale, int? Zero);

/// <summary>One step: its name in the generated code, the value it computes and the ONNX nodes it came from.</summary>
public sealed record ManifestLayer(int Index, string Name, string Kernel, string Value, string Element, ImmutableArray<int> Shape, string Origin, long Macs);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
