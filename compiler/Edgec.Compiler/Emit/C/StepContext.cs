using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

/// <summary>What an emitter may know of a step: its constants and operands by the names they have in the step's function.</summary>
/// <param name="Kernels">Functions that steps share.</param>
/// <param name="Operands">Names of the parameters that hold the operands, in order.</param>
/// <param name="Types">Types of the operands.</param>
/// <param name="Result">Type of the result.</param>
internal sealed record StepContext(PlanStep Step, CNames Names, CKernels Kernels, ImmutableArray<string> Operands, ImmutableArray<TensorType> Types, TensorType Result)
{
    /// <summary>Rows of the result where the step runs band by band, a part of them at a time; null where it computes all at once.</summary>
    public int? Rows { get; init; }

    /// <summary>How often the outermost loop runs that goes over the result's rows.</summary>
    /// <param name="extent">For all of them.</param>
    public string Outer(int extent) => Rows is not { } rows ? $"{extent}" : extent == rows ? "part.rows" : $"part.rows * {extent / rows}";

    /// <summary>A number of the geometry, or what takes its place in a band.</summary>
    public string OrPart(int whole, string field) => Rows is null ? $"{whole}" : $"part.{field}";

    /// <summary>The constant of a role; <c>NULL</c> if the kernel has none.</summary>
    public string Constant(string role) => Step.Constant(role) is null ? "NULL" : $"weights->{Names.Constant(Step, role)}";

    /// <summary>True where the weights lie as <see cref="WeightPanels"/>.</summary>
    public bool HasPanels => Step.Constant(WeightPanels.Role) is not null;

    private string WeightRole => HasPanels ? WeightPanels.Role : "weights";

    /// <summary>The weights as kernels take them: i8 by their address, i4 with the multipliers of their groups.</summary>
    public string Weights(Tensor? weights, WeightGroups? groups) => weights?.Element != ElementType.I4
        ? Constant(WeightRole)
        : $"(edgec_weights_i4){{{Constant(WeightRole)}, {Constant("groups")}, {groups?.Size ?? 0}}}";

    /// <summary>The declaration of a parameter for an operand.</summary>
    public string Operand(int index, string name) => $"const {CType.Of(Types[index].Element)} *restrict {name}";

    /// <summary>The declaration of a parameter for a constant.</summary>
    public string Parameter(string role, string name) => $"const {CType.Of(Step.Constant(role)!.Value.Element)} *restrict {name}";

    /// <summary>The declaration of a parameter for the weights, see <see cref="Weights"/>.</summary>
    public string WeightParameter(string name) =>
        Step.Constant(WeightRole)!.Value.Element == ElementType.I4 ? $"edgec_weights_i4 {name}" : Parameter(WeightRole, name);

    /// <summary>What a shared function says of its weights, so that the compiler knows how long their groups are.</summary>
    public static string Known(Tensor? weights, WeightGroups? groups, string name) =>
        weights?.Element == ElementType.I4 ? $"{name}.group = {groups?.Size ?? 0};\n" : "";

    /// <summary>The declaration of a parameter for the result.</summary>
    public string Target => $"{CType.Of(Result.Element)} *restrict y";

    /// <summary>
    /// A call of the function for all layers of one configuration. What differs from layer to layer are its arguments; where
    /// a kernel has no bias the function has none either.
    /// </summary>
    /// <param name="hint">The function's name where that is free.</param>
    /// <param name="parameters">Declarations and what this layer passes for them.</param>
    public string Shared(string hint, IReadOnlyList<(string Declaration, string Argument)> parameters, string body)
    {
        if (Rows is not null)
            parameters = [.. parameters, (BandEmitter.Parameter, "part")];
        string name = Kernels.Share(Step.Index, hint, [.. parameters.Select(p => p.Declaration)], body);
        return SourceText.Wrap($"{name}(", parameters.Select(p => p.Argument), ");");
    }

    /// <summary>The declaration of the parameters of a finish of integer sums.</summary>
    public string Requantizer(Finish finish) => finish switch
    {
        IntegerFinish integer => Requantizer(integer),
        ThresholdFinish thresholds => Requantizer(thresholds),
        _ => throw Mismatch(finish),
    };

    private string Requantizer(ThresholdFinish finish) =>
        $$"""
        const edgec_requantizer finish = {
            .thresholds = {{Constant("thresholds")}},
            .starts = {{Constant("starts")}},
            .steps = {{Constant("steps")}},
            .step = {{StepOf(finish)}},
            .levels = {{finish.Thresholds.Shape[1]}},
        };
        """;

    /// <summary>True for a kernel of 16-bit activations.</summary>
    public bool IsWide => Result.Element == ElementType.I16;

    /// <summary>The kernel of 16-bit activations whose sums are as wide as the plan says.</summary>
    public string Summing(string kernel) => $"{kernel}_i16_sum{Step.Sums!.Value.Width}";

    /// <summary>How the constant or the operand that activations of 16 bits are multiplied by is stored.</summary>
    public static string Factor(Tensor? weights) => weights?.Element switch
    {
        ElementType.I4 => "EDGEC_I4",
        ElementType.I8 => "EDGEC_I8",
        _ => "EDGEC_I16",
    };

    private string Requantizer(IntegerFinish finish) =>
        $$"""
        const edgec_requantizer finish = {
            .multipliers = {{Constant("multipliers")}},
            .shifts = {{Constant("shifts")}},
            .addends = {{Constant("addends")}},
            .step = {{StepOf(finish)}},
            .lo = {{finish.Lo}},
            .hi = {{finish.Hi}},{{Profile(finish)}}
        };
        """;

    // Left out where it is that of the default profile, all zeros.
    private static string Profile(IntegerFinish finish) => finish.Profile is RoundingProfile.Onnx or RoundingProfile.Tflite
        ? $"\n    .profile = {ProfileOf(finish)},\n    .zero = {finish.Zero},"
        : "";

    /// <summary>
    /// What a shared function says of its requantizer, so that the compiler knows the distance of its parameters, how it rounds, and where 32
    /// bits suffice.
    /// </summary>
    public static string Known(Finish finish) => finish switch
    {
        IntegerFinish integer => $"finish.step = {StepOf(integer)};\nfinish.profile = {ProfileOf(integer)};\nfinish.levels = 0;\nfinish.fits_word = {(integer.FitsWord() ? "true" : "false")};\n",
        ThresholdFinish thresholds => $"finish.step = {StepOf(thresholds)};\nfinish.levels = {thresholds.Thresholds.Shape[1]};\n",
        _ => throw new ArgumentOutOfRangeException(nameof(finish), finish, "no finish of integer sums"),
    };

    private static string ProfileOf(IntegerFinish finish) => finish.Profile switch
    {
        RoundingProfile.Onnx => "EDGEC_HALF_EVEN",
        RoundingProfile.Tflite => "EDGEC_TWICE",
        _ => "EDGEC_REQUANTIZE",
    };

    private static int StepOf(IntegerFinish finish) => finish.Multipliers.Count == 1 ? 0 : 1;

    private static int StepOf(ThresholdFinish finish) => finish.Starts.Count == 1 ? 0 : 1;

    /// <summary>An error in the plan: the parts of a kernel do not go together.</summary>
    public InvalidOperationException Mismatch(object part) => new($"step {Step.Name}: a {Step.Kernel.Shape} kernel cannot have a {part.GetType().Name}");
}
