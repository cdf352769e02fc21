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
        FloatSoftmaxStep step => new(
            $"""
            {ReduceEmitter.Axis(kernel.Geometry)}
            edgec_softmax_f32(axis, x, {(step.Logarithm ? "true" : "false")}, y);
            """,
            "edgec_row_norm_f32.h"),
        _ => throw context.Mismatch(kernel.Step),
    };
}
