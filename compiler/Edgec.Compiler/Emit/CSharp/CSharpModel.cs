using System.Collections.Immutable;

namespace Edgec.Emit.CSharp;

/// <summary>What the templates of the C# backend see. Everything is text, ready to be put in its place.</summary>
internal sealed record CSharpModel
{
    public required string Name { get; init; }

    public required string Class { get; init; }

    public required string Framework { get; init; }

    public required ImmutableArray<CSharpPort> Inputs { get; init; }

    public required ImmutableArray<CSharpPort> Outputs { get; init; }

    public ImmutableArray<CSharpPort> Ports => [.. Inputs, .. Outputs];

    public bool HasFloatOutputs => Outputs.Any(port => port.IsFloat);

    public bool HasExactOutputs => Outputs.Any(port => !port.IsFloat);

    public required ImmutableArray<CSharpStep> Steps { get; init; }

    /// <summary>The spans of the run that lie in the arena.</summary>
    public required ImmutableArray<CSharpResult> Results { get; init; }

    /// <summary>The head of the run.</summary>
    public required string RunHead { get; init; }

    /// <summary>A call of the run with the check's own arrays.</summary>
    public required string CheckCall { get; init; }

    /// <summary>The same in an application.</summary>
    public required string ApplicationCall { get; init; }

    /// <summary>How many outputs a caller can ask for; 0 where a run computes all.</summary>
    public required int Tasks { get; init; }

    public required long ArenaBytes { get; init; }

    public required bool HasWeights { get; init; }

    public required long WeightBytes { get; init; }

    /// <summary>Bytes of one sample's inputs, dense.</summary>
    public long InputBytes => Inputs.Sum(port => port.Bytes);

    /// <summary>Bytes of one sample's outputs, dense.</summary>
    public long OutputBytes => Outputs.Sum(port => port.Bytes);

    public required string Macs { get; init; }

    public required string FloatBound { get; init; }
}

/// <summary>An input or output.</summary>
/// <param name="Name">The parameter: <c>image</c>.</param>
/// <param name="Member">Begins its constants: <c>Image</c>.</param>
/// <param name="Array">The check's own array of it.</param>
/// <param name="Label">The value's name in the model.</param>
internal sealed record CSharpPort(
    string Side,
    string Name,
    string Member,
    string Array,
    string Label,
    string Type,
    string Shape,
    long Count,
    long Bytes,
    bool IsInput,
    bool IsFloat,
    bool IsQuantized,
    string Scale,
    int Zero);

/// <summary>A step: its method, and its place in the run.</summary>
/// <param name="Fields">Fields that belong to it; empty for none.</param>
/// <param name="Result">The span it writes.</param>
/// <param name="Tasks">A bit for each output that needs it.</param>
internal sealed record CSharpStep(int Index, string Comment, string Fields, string Head, string Body, string Call, string Result, string Tasks);

/// <summary>A span of the run in the arena.</summary>
internal sealed record CSharpResult(string Type, string Name, long Offset, long Bytes);
