using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

internal static class GroupNormEmitter
{
    public static CBody Emit(GroupNormKernel kernel, StepContext context) => kernel.Step switch
    {
        IntegerLayerNormStep step => new(
            $$"""
            {{Groups(kernel.Geometry)}}
            const edgec_layer_norm norm = {
                .centered = {{Bool(step.Centered)}},
                .input_zero = {{step.InputZero}},
                .guard = {{step.Guard}},
                .epsilon = {{CLiteral.Long(step.Epsilon)}},
                .gains = {{context.Constant("gains")}},
                .biases = {{context.Constant("biases")}},
                .fraction = {{step.Fraction}},
                .zero = {{step.Zero}},
                .lo = {{step.Lo}},
                .hi = {{step.Hi}},
            };
            edgec_layer_norm_{{(context.IsWide ? "i16" : "i8")}}(groups, x, norm, y);
            """,
            context.IsWide ? "edgec_group_norm_i16.h" : "edgec_group_norm_i8.h"),
        FloatLayerNormStep step => new(
            $"""
            {Groups(kernel.Geometry)}
            edgec_layer_norm_f32(groups, x, {Bool(step.Centered)}, {CLiteral.Float(step.Epsilon)}, {context.Constant("scale")}, {context.Constant("bias")}, y);
            """,
            "edgec_group_norm_f32.h"),
        _ => throw context.Mismatch(kernel.Step),
    };

    private static string Groups(GroupGeometry g) =>
        $"const edgec_groups groups = {{.outer = {g.Outer}, .length = {g.Length}, .groups = {g.Groups}, .channels = {g.Channels}}};";

    private static string Bool(bool value) => value ? "true" : "false";
}
