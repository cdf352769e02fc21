using Edgec.Kernels;

namespace Edgec.Emit.C;

internal static class ResampleEmitter
{
    public static CBody Emit(ResampleKernel kernel, StepContext context) => kernel.Finish switch
    {
        IntegerFinish finish when context.IsWide => new(
            $"""
            {Geometry(kernel, context)}
            {context.Requantizer(finish)}
            edgec_resample_i16(resample, x, {Weights(context)}, finish, y);
            """,
            "edgec_resample_i16.h"),
        IntegerFinish finish => new(
            $"""
            {Geometry(kernel, context)}
            {context.Requantizer(finish)}
            edgec_resample_i8(resample, x, {kernel.InputZero}, {Weights(context)}, finish, y);
            """,
            "edgec_resample_i8.h"),
        FloatFinish { Clamps: false } => new(
            $"""
            {Geometry(kernel, context)}
            edgec_resample_f32(resample, x, {Weights(context)}, y);
            """,
            "edgec_resample_f32.h"),
        _ => throw context.Mismatch(kernel.Finish),
    };

    private static string Weights(StepContext context) => $"{context.Constant("row_weights")}, {context.Constant("column_weights")}";

    private static string Geometry(ResampleKernel kernel, StepContext context) =>
        $$"""
        const edgec_resample resample = {
            .outer = {{kernel.Geometry.Outer}}, .height = {{kernel.Geometry.Height}}, .width = {{kernel.Geometry.Width}}, .inner = {{kernel.Geometry.Inner}},
            .out_height = {{kernel.Geometry.OutHeight}}, .out_width = {{kernel.Geometry.OutWidth}},
            .row_taps = {{kernel.Geometry.RowTaps}}, .column_taps = {{kernel.Geometry.ColumnTaps}},
            .row_starts = {{context.Constant("row_starts")}},
            .column_starts = {{context.Constant("column_starts")}},
        };
        """;
}
