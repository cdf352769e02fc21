using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

internal static class MatmulEmitter
{
    public static CBody Emit(MatmulKernel kernel, StepContext context)
    {
        string left = context.Operands[0];
        string right = kernel.Weights is null ? context.Operands[1] : context.Weights(kernel.Weights, kernel.Groups);
        string bias = context.Constant("bias");
        string rightZero = kernel.Weights?.Element == ElementType.I4 ? "" : $"{kernel.RightZero}, ";
        return kernel.Finish switch
        {
            IntegerFinish finish => new(
                $"""
                {Geometry(kernel.Geometry)}
                {context.Requantizer(finish)}
                edgec_matmul_{Width(kernel)}(matmul, {left}, {kernel.LeftZero}, {right}, {rightZero}{bias}, finish, y);
                """,
                $"edgec_matmul_{Width(kernel)}.h"),
            FloatFinish finish => new(
                $"""
                {Geometry(kernel.Geometry)}
                edgec_matmul_f32(matmul, {left}, {right}, {bias}, {CLiteral.Float(finish.Lo)}, {CLiteral.Float(finish.Hi)}, y);
                """,
                "edgec_matmul_f32.h"),
            _ => throw context.Mismatch(kernel.Finish),
        };
    }

    private static string Width(MatmulKernel kernel) => kernel.Weights?.Element == ElementType.I4 ? "i4" : "i8";

    private static string Geometry(MatmulGeometry g) =>
        $$"""
        const edgec_matmul matmul = {
            .batch = {{g.Batch}}, .rows = {{g.Rows}}, .inner = {{g.Inner}}, .columns = {{g.Columns}},
            .right_transposed = {{Word(g.RightTransposed)}},
            .broadcast_left = {{Word(g.BroadcastLeft)}}, .broadcast_right = {{Word(g.BroadcastRight)}},
        };
        """;

    private static string Word(bool value) => value ? "true" : "false";
}
