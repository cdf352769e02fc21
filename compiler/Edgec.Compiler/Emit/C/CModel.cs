using System.Collections.Immutable;

namespace Edgec.Emit.C;

/// <summary>What the templates of the C backend see. Everything is text, ready to be put in its place.</summary>
internal sealed record CModel
{
    public required string Head { get; init; }

    public required string HeadWords { get; init; }

    public required string Prefix { get; init; }

    public required string Macro { get; init; }

    public required ImmutableArray<CPort> Inputs { get; init; }

    public required ImmutableArray<CPort> Outputs { get; init; }

    public ImmutableArray<CPort> Ports => [.. Inputs, .. Outputs];

    public bool HasQuantizedPorts => Ports.Any(port => port.IsQuantized);

    public required ImmutableArray<string> SystemHeaders { get; init; }

    public required ImmutableArray<string> RuntimeHeaders { get; init; }

    /// <summary>Functions that several steps call.</summary>
    public required ImmutableArray<CFunction> Kernels { get; init; }

    public required ImmutableArray<CStep> Steps { get; init; }

    /// <summary>Functions of steps that run band by band.</summary>
    public required ImmutableArray<CFunction> Chains { get; init; }

    /// <summary>What a run does, in its order.</summary>
    public required ImmutableArray<CCall> Calls { get; init; }

    /// <summary>What lies in the arena.</summary>
    public required ImmutableArray<CResult> Results { get; init; }

    public required string RunHead { get; init; }

    /// <summary>The condition for refusing to run, up to its closing parenthesis.</summary>
    public required string Guard { get; init; }

    /// <summary>A call of the run in check.c and example.c, as the head of an if that reports failure.</summary>
    public required string RunCall { get; init; }

    /// <summary>The same in example.c.</summary>
    public required string ExampleCall { get; init; }

    /// <summary>How many outputs a caller can ask for; 0 where a run computes all.</summary>
    public required int Tasks { get; init; }

    public required long ArenaBytes { get; init; }

    /// <summary>
    /// Bytes of the stack that a run takes at most: those of the two steps that take most, for a compiler may lay one into the function that runs them
    /// all, beside which the other is called (clang does).
    /// </summary>
    public required long StackBytes { get; init; }

    public required int ArenaAlignment { get; init; }

    public required bool HasWeights { get; init; }

    public required long WeightBytes { get; init; }

    /// <summary>Bytes of the struct of weights, and how many of them the image lacks at its end.</summary>
    public required long Size { get; init; }

    public required long Padding { get; init; }

    public required int Alignment { get; init; }

    public required ImmutableArray<CWeightPlace> Places { get; init; }

    /// <summary>No file of ours stands beside model.c and model.h.</summary>
    public required bool SingleFile { get; init; }

    public required string Macs { get; init; }

    public required string FloatBound { get; init; }

    public required string Compiler { get; init; }

    public required string Flags { get; init; }

    public required string TargetFlags { get; init; }

    public required string LinkFlags { get; init; }

    public required string Emulator { get; init; }

    public required string TargetName { get; init; }

    public required string TargetWords { get; init; }
}

/// <summary>An input or output.</summary>
/// <param name="Name">The parameter: <c>input_image</c>.</param>
/// <param name="Label">The value's name in the model.</param>
/// <param name="Macro">Begins its macros.</param>
/// <param name="Convert">The function between reals and its integers.</param>
internal sealed record CPort(
    string What,
    string Name,
    string Label,
    string Type,
    string Extents,
    string Shape,
    int Rank,
    long Count,
    string Macro,
    string Convert,
    bool IsInput,
    bool IsFloat,
    bool IsQuantized,
    string Scale,
    int Zero)
{
    /// <summary>The function from a real to its type.</summary>
    public string Quantize => Type == "int16_t" ? "edgec_quantize_i16" : "edgec_quantize";
}

/// <summary>A function.</summary>
internal sealed record CFunction(string Comment, string Head, string Body);

/// <summary>A step: its function.</summary>
/// <param name="Bytes">Bytes of its result.</param>
/// <param name="Tasks">A bit for each output that needs it.</param>
internal sealed record CStep(string Comment, string Head, string Body, long Bytes, string Tasks);

/// <summary>A call in the run.</summary>
/// <param name="Trace">The call that shows the result; null for a chain, which shows its steps' as it goes.</param>
/// <param name="Tasks">A bit for each output that needs it.</param>
internal sealed record CCall(string Text, string? Trace, string Tasks);

/// <summary>A variable of the run that points into the arena.</summary>
internal sealed record CResult(string Type, string Name, long Offset);

/// <summary>Constants that share their bytes.</summary>
internal sealed record CWeightPlace(long Offset, ImmutableArray<CWeightMember> Members);

/// <summary>One name of a constant.</summary>
internal sealed record CWeightMember(string Type, string Name, string Count);
