using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

internal static class ReduceEmitter
{
    public static CBody Emit(ReduceKernel kernel, StepContext context) => (kernel.Mode, kernel.Finish) switch
    {
        (ReduceMode.Sum, IntegerFinish finish) when context.IsWide => new(
            $"""
            {Axis(kernel.Geometry)}
            {context.Requantizer(finish)}
            {context.Summing("edgec_reduce_sum")}(axis, x, finish, y);
            """,
            "edgec_i16.h"),
        (ReduceMode.Sum, IntegerFinish finish) => new(
            $"""
            {Axis(kernel.Geometry)}
            {context.Requantizer(finish)}
            edgec_reduce_sum_i8(axis, x, {kernel.InputZero}, finish, y);
            """,
            "edgec_reduce_i8.h"),
        (ReduceMode.Maximum, ClampFinish finish) => Integer("maximum", kernel.Geometry, finish, context),
        (ReduceMode.Minimum, ClampFinish finish) => Integer("minimum", kernel.Geometry, finish, context),
        (ReduceMode.Maximum or ReduceMode.Minimum, IndexFinish finish) => new(
            $"""
            {Axis(kernel.Geometry)}
            edgec_index_{(finish.Operand == ElementType.I8 ? "i8" : "f32")}(axis, x, {(kernel.Mode == ReduceMode.Maximum ? "true" : "false")}, {(finish.Last ? "true" : "false")}, y);
            """,
            "edgec_index.h"),
        (ReduceMode.Sum, FloatFinish finish) => Float("sum", kernel.Geometry, "1.0f, ", finish),
        (ReduceMode.Mean, FloatFinish finish) => Float("sum", kernel.Geometry, $"{kernel.Geometry.Length}.0f, ", finish),
        (ReduceMode.Maximum, FloatFinish finish) => Float("maximum", kernel.Geometry, "", finish),
        (ReduceMode.Minimum, FloatFinish finish) => Float("minimum", kernel.Geometry, "", finish),
        _ => throw context.Mismatch(kernel.Finish),
    };

    /// <summary>The declaration of a geometry, for all kernels that work along an axis.</summary>
    public static string Axis(RowGeometry g) => $"const edgec_axis axis = {{.outer = {g.Outer}, .length = {g.Length}, .inner = {g.Inner}}};";

    private static CBody Integer(string mode, RowGeometry geometry, ClampFinish finish, StepContext context) => new(
        $"""
        {Axis(geometry)}
        edgec_reduce_{mode}_{(context.IsWide ? "i16" : "i8")}(axis, x, {finish.Lo}, {finish.Hi}, y);
        """,
        context.IsWide ? "edgec_i16.h" : "edgec_reduce_i8.h");

    private static CBody Float(string mode, RowGeometry geometry, string divisor, FloatFinish finish) => new(
        $"""
        {Axis(geometry)}
        edgec_reduce_{mode}_f32(axis, x, {divisor}{CLiteral.Float(finish.Lo)}, {CLiteral.Float(finish.Hi)}, y);
        """,
        "edgec_reduce_f32.h");
}
