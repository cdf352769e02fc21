using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

internal static class DeformEmitter
{
    public static CBody Emit(DeformKernel kernel, StepContext context) => kernel.Finish switch
    {
        IntegerFinish finish => new(
            $"""
            {context.Requantizer(finish)}
            {Shared(
                kernel, context, [("int32_t zero", $"{kernel.InputZero}")], [("edgec_requantizer finish", "finish")],
                StepContext.Known(kernel.Weights, null, "w") + StepContext.Known(finish) + IntegerMoves(kernel, context)
                + $"edgec_deform_i8(deform, x, zero, moves, {(IsPacked(kernel) ? "NULL, w" : "w, (edgec_weights_i4){0}")}, {Bias(kernel)}, finish, y);")}
            """,
            "edgec_deform_i8.h"),
        FloatFinish finish => new(
            Shared(
                kernel, context, [], [],
                FloatMoves(kernel) + $"edgec_deform_f32(deform, x, moves, w, {Bias(kernel)}, {CLiteral.Float(finish.Lo)}, {CLiteral.Float(finish.Hi)}, y);"),
            "edgec_deform_f32.h"),
        _ => throw context.Mismatch(kernel.Finish),
    };

    // One function for all layers of a geometry.
    private static string Shared(DeformKernel kernel, StepContext context, (string, string)[] before, (string, string)[] after, string body)
    {
        WindowGeometry g = kernel.Geometry;
        string kind = kernel.Sampling.Square ? "square" : "deform";
        return context.Shared(
            $"{kind}_{g.KernelHeight}x{g.KernelWidth}_{g.Channels}_{g.OutChannels}",
            [
                (context.Operand(0, "x"), context.Operands[0]),
                (context.Operand(1, "offsets"), context.Operands[1]),
                .. kernel.Masked ? new[] { (context.Operand(2, "mask"), context.Operands[2]) } : [],
                .. before,
                (context.WeightParameter("w"), context.Weights(kernel.Weights, null)),
                .. kernel.Bias is null ? [] : new[] { (context.Parameter("bias", "bias"), context.Constant("bias")) },
                .. after,
                (context.Target, "y"),
            ],
            $"{Geometry(kernel, context)}\n{body}");
    }

    private static string IntegerMoves(DeformKernel kernel, StepContext context) =>
        $"const edgec_moves_i8 moves = {{.{(context.Types[1].Element == ElementType.I16 ? "wide" : "narrow")} = offsets{IntegerMask(kernel, context)}}};\n";

    private static string IntegerMask(DeformKernel kernel, StepContext context) => !kernel.Masked ? ""
        : $", .{(context.Types[2].Element == ElementType.I16 ? "wide" : "narrow")}_mask = mask, .mask_zero = {kernel.MaskZero}";

    private static string FloatMoves(DeformKernel kernel) =>
        $"const edgec_moves_f32 moves = {{.offsets = offsets{(kernel.Masked ? ", .mask = mask" : "")}, .lo = {CLiteral.Float(kernel.Sampling.Lo)}, .hi = {CLiteral.Float(kernel.Sampling.Hi)}}};\n";

    private static string Bias(DeformKernel kernel) => kernel.Bias is null ? "NULL" : "bias";

    private static bool IsPacked(DeformKernel kernel) => kernel.Weights.Element == ElementType.I4;

    private static string Geometry(DeformKernel kernel, StepContext context)
    {
        DeformSampling s = kernel.Sampling;
        string bounds = kernel.Finish is FloatFinish ? "" : $"\n    .lo = {(int)s.Lo}, .hi = {(int)s.Hi},";
        return
            $$"""
            {{WindowEmitter.Geometry(kernel.Geometry, context)}}
            const edgec_deform deform = {
                .window = window,
                .offset_groups = {{s.OffsetGroups}}, .square = {{(s.Square ? "true" : "false")}}, .fraction = {{s.Fraction}},{{bounds}}
            };
            """;
    }
}
