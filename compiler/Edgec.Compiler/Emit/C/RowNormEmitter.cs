using Edgec.Kernels;

namespace Edgec.Emit.C;

internal static class RowNormEmitter
{
    public static CBody Emit(RowNormKernel kernel, StepContext context) => kernel.Step switch
    {
        SoftmaxStep step => new(
            $"""
            {ReduceEmitter.Axis(kernel.Geometry)}
            edgec_softmax_i8(axis, x, {context.Constant("exponentials")}, {step.Maximum}, {step.Zero}, y);
            """,
            "edgec_row_norm_i8.h"),
        LogSoftmaxStep step => new(
            $$"""
            {{ReduceEmitter.Axis(kernel.Geometry)}}
            const edgec_log_softmax log = {
                .exponentials = {{context.Constant("exponentials")}},
                .logarithms = {{context.Constant("logarithms")}},
                .octave = {{CLiteral.Long(step.Octave)}},
                .unit = {{CLiteral.Long(step.Unit)}},
                .multiplier = {{step.Multiplier}},
                .shift = {{step.Shift}},
                .zero = {{step.Zero}},
                .lo = {{step.Lo}},
                .hi = {{step.Hi}},
            };
            edgec_log_softmax_i8(axis, x, log, y);
            """,
            "edgec_row_norm_i8.h"),
        WideSoftmaxStep step => new(
            $"""
            {ReduceEmitter.Axis(kernel.Geometry)}
            edgec_softmax_i16(axis, x, {context.Constant("powers")}, {step.Multiplier}, {step.Shift}, {step.Maximum}, y);
            """,
            "edgec_map_i16.h"),
        WideLogSoftmaxStep step => new(
            $$"""
            {{ReduceEmitter.Axis(kernel.Geometry)}}
            const edgec_log_softmax_wide log = {
                .powers = {{context.Constant("powers")}},
                .power_multiplier = {{step.PowerMultiplier}},
                .power_shift = {{step.PowerShift}},
                .logarithms = {{context.Constant("logarithms")}},
                .octave = {{CLiteral.Long(step.Octave)}},
                .unit = {{CLiteral.Long(step.Unit)}},
                .multiplier = {{step.Multiplier}},
                .lift = {{step.Lift}},
                .shift = {{step.Shift}},
                .lo = {{step.Lo}},
                .hi = {{step.Hi}},
            };
            edgec_log_softmax_i16(axis, x, log, y);
            """,
            "edgec_map_i16.h"),
        FloatSoftmaxStep step => new(
            $"""
            {ReduceEmitter.Axis(kernel.Geometry)}
            edgec_softmax_f32(axis, x, {(step.Logarithm ? "true" : "false")}, {(step.Running ? "true" : "false")}, y);
            """,
            "edgec_row_norm_f32.h"),
        _ => throw context.Mismatch(kernel.Step),
    };
}
