using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

internal static class MatmulEmitter
{
    public static CBody Emit(MatmulKernel kernel, StepContext context)
    {
        string bias = kernel.Bias is null ? "NULL" : "bias";
        string rightZero = kernel.Weights?.Element == ElementType.I4 || context.HasPanels ? "" : $"{kernel.RightZero}, ";
        string function = $"edgec_matmul_{(context.HasPanels ? "panels_" : "")}{Width(kernel)}";
        return kernel.Finish switch
        {
            IntegerFinish finish when context.IsWide => new(
                $"""
                {Geometry(kernel.Geometry, context)}
                {context.Requantizer(finish)}
                {context.Summing("edgec_matmul")}(matmul, {StepContext.Factor(kernel.Weights)}, {context.Operands[0]}, {(kernel.Weights is null ? context.Operands[1] : context.Constant("weights"))}, {(kernel.Bias is null ? "NULL" : context.Constant("bias"))}, finish, y);
                """,
                "edgec_i16.h"),
            IntegerFinish or ThresholdFinish => new(
                $"""
                {context.Requantizer(kernel.Finish)}
                {Multiply(
                    kernel, context, [("int32_t left_zero", $"{kernel.LeftZero}")], [("edgec_requantizer finish", "finish")],
                    $"{StepContext.Known(kernel.Weights, kernel.Groups, "right")}{StepContext.Known(kernel.Finish)}{function}(matmul, left, left_zero, right, {rightZero}{bias}, finish, y);")}
                """,
                $"edgec_matmul_{Width(kernel)}.h"),
            FloatFinish finish => new(
                Multiply(kernel, context, [], [], $"edgec_matmul_f32(matmul, left, right, {bias}, {CLiteral.Float(finish.Lo)}, {CLiteral.Float(finish.Hi)}, y);"),
                "edgec_matmul_f32.h"),
            _ => throw context.Mismatch(kernel.Finish),
        };
    }

    // One function for all products of a geometry.
    private static string Multiply(MatmulKernel kernel, StepContext context, (string, string)[] before, (string, string)[] after, string call)
    {
        MatmulGeometry g = kernel.Geometry;
        return context.Shared(
            $"matmul_{g.Rows}x{g.Inner}x{g.Columns}",
            [
                (context.Operand(0, "left"), context.Operands[0]),
                .. before,
                kernel.Weights is null ? (context.Operand(1, "right"), context.Operands[1]) : (context.WeightParameter("right"), context.Weights(kernel.Weights, kernel.Groups)),
                .. kernel.Bias is null ? [] : new[] { (context.Parameter("bias", "bias"), context.Constant("bias")) },
                .. after,
                (context.Target, "y"),
            ],
            $"{Geometry(g, context)}\n{call}");
    }

    private static string Width(MatmulKernel kernel) => kernel.Weights?.Element == ElementType.I4 ? "i4" : "i8";

    private static string Geometry(MatmulGeometry g, StepContext context) =>
        $$"""
        const edgec_matmul matmul = {
            .batch = {{g.Batch}}, .rows = {{context.Outer(g.Rows)}}, .inner = {{g.Inner}}, .columns = {{g.Columns}},
            .right_transposed = {{Word(g.RightTransposed)}},
            .broadcast_left = {{Word(g.BroadcastLeft)}}, .broadcast_right = {{Word(g.BroadcastRight)}},
        };
        """;

    private static string Word(bool value) => value ? "true" : "false";
}
