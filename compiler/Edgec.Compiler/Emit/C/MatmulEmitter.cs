using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

internal static class MatmulEmitter
{
    public static CBody Emit(MatmulKernel kernel, StepContext context)
    {
        string left = context.Operands[0];
        string right = kernel.Weights is null ? context.Operands[1] : context.Constant("weights");
        string bias = context.Constant("bias");
        return kernel.Finish switch
        {
            IntegerFinish finish => new(
                $"""
                {Geometry(kernel.Geometry)}
                {context.Requantizer(finish)}
                edgec_matmul_i8(matmul, {left}, {kernel.LeftZero}, {right}, {kernel.RightZero}, {bias}, finish, y);
                """,
                "edgec_matmul_i8.h"),
            FloatFinish finish => new(
                $"""
                {Geometry(kernel.Geometry)}
                edgec_matmul_f32(matmul, {left}, {right}, {bias}, {CLiteral.Float(finish.Lo)}, {CLiteral.Float(finish.Hi)}, y);
                """,
                "edgec_matmul_f32.h"),
            _ => throw context.Mismatch(kernel.Finish),
        };
    }

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
