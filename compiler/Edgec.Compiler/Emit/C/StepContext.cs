using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

/// <summary>What an emitter may know of a step: its constants and operands by the names they have in the step's function.</summary>
/// <param name="Operands">Names of the parameters that hold the operands, in order.</param>
/// <param name="Result">Type of the result.</param>
internal sealed record StepContext(PlanStep Step, CNames Names, ImmutableArray<string> Operands, TensorType Result)
{
    /// <summary>The constant of a role; <c>NULL</c> if the kernel has none.</summary>
    public string Constant(string role) => Step.Constant(role) is null ? "NULL" : $"weights->{Names.Constant(Step, role)}";

    /// <summary>The weights as kernels take them: i8 by their address, i4 with the multipliers of their groups.</summary>
    public string Weights(Tensor? weights, WeightGroups? groups) => weights?.Element != ElementType.I4
        ? Constant("weights")
        : $"(edgec_weights_i4){{{Constant("weights")}, {Constant("groups")}, {groups?.Size ?? 0}}}";

    /// <summary>The declaration of the parameters of a requantizing finish.</summary>
    public string Requantizer(IntegerFinish finish) =>
        $$"""
        const edgec_requantizer finish = {
            .multipliers = {{Constant("multipliers")}},
            .shifts = {{Constant("shifts")}},
            .addends = {{Constant("addends")}},
            .step = {{(finish.Multipliers.Count == 1 ? 0 : 1)}},
            .lo = {{finish.Lo}},
            .hi = {{finish.Hi}},{{Profile(finish)}}
        };
        """;

    // Left out where it is that of the default profile, all zeros.
    private static string Profile(IntegerFinish finish) => finish.Profile switch
    {
        RoundingProfile.Onnx => $"\n    .profile = EDGEC_HALF_EVEN,\n    .zero = {finish.Zero},",
        RoundingProfile.Tflite => $"\n    .profile = EDGEC_TWICE,\n    .zero = {finish.Zero},",
        _ => "",
    };

    /// <summary>An error in the plan: the parts of a kernel do not go together.</summary>
    public InvalidOperationException Mismatch(object part) => new($"step {Step.Name}: a {Step.Kernel.Shape} kernel cannot have a {part.GetType().Name}");
}
