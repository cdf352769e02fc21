using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

internal static class BranchedEmitter
{
    // As in the header.
    private const int RowsAtOnce = 4;
    private const int Panel = 16384;

    // One function for all layers of a geometry: it holds the pixels' windows and a panel of unpacked weights.
    public static CBody Emit(BranchedKernel kernel, StepContext context)
    {
        WindowGeometry g = kernel.Geometry;
        JoinedFinish f = kernel.Finish;
        int pitch = Math.Max(16, Padded(g.KernelHeight * g.KernelWidth * g.Channels) + Padded(kernel.Rank));
        int width = Math.Clamp(Panel / pitch, 1, Math.Max(1, g.OutChannels));
        bool sums = context.Step.Sums!.Value.Width == 64;
        string profile = f.Profile == RoundingProfile.Onnx ? "EDGEC_HALF_EVEN" : "EDGEC_REQUANTIZE";
        string call = context.Shared(
            $"branched_{g.KernelHeight}x{g.KernelWidth}_{g.Channels}_{g.OutChannels}_{kernel.Rank}",
            [
                (context.Operand(0, "x"), context.Operands[0]),
                ("int32_t zero", $"{kernel.InputZero}"),
                (context.Parameter("weights", "w"), context.Constant("weights")),
                (context.Parameter("bias", "bias"), context.Constant("bias")),
                (context.Operand(1, "thin"), context.Operands[1]),
                (context.Parameter("branch", "branch"), context.Constant("branch")),
                ("edgec_joined finish", "finish"),
                (context.Target, "y"),
            ],
            $"""
            {WindowEmitter.Geometry(g, context)}
            int16_t patches[{RowsAtOnce * pitch}], panel[{width * pitch}];
            finish.profile = {profile};
            edgec_convolve_branched(
                window, {Word(context.IsWide)}, {Word(sums)}, x, zero, {StepContext.Factor(kernel.Weights)}, w, bias, thin, branch, {kernel.Rank}, finish, patches, panel, {width}, y);
            """);
        return new(
            $$"""
            const edgec_joined finish = {
                .multipliers = {{context.Constant("multipliers")}},
                .branch_multipliers = {{context.Constant("branch_multipliers")}},
                .shifts = {{context.Constant("shifts")}},
                .addends = {{context.Constant("addends")}},
                .lo = {{f.Lo}},
                .hi = {{f.Hi}},
                .profile = {{profile}},
                .zero = {{f.Zero}},
            };
            {{call}}
            """,
            "edgec_branched.h");
    }

    // Rows of weights, and the values they meet, are filled up to whole vectors.
    private static int Padded(int inner) => (inner + 15) / 16 * 16;

    private static string Word(bool value) => value ? "true" : "false";
}
