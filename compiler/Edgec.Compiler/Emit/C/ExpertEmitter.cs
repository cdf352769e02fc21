using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

/// <summary>Rows are queued by expert; a few at a time are laid side by side and multiplied as any matrix product.</summary>
internal static class ExpertEmitter
{
    // Bytes of the rows laid side by side, and most of them: weights that are in a near cache serve these.
    private const int RowBytes = 1 << 15, MostRows = 64;

    public static CBody Emit(ExpertMatmulKernel kernel, StepContext context)
    {
        ExpertGeometry g = kernel.Geometry;
        bool isFloat = kernel.Finish is FloatFinish;
        string finish = isFloat ? "" : context.Requantizer(kernel.Finish) + "\n";
        (string product, string header) = Product(kernel, context);
        string element = CType.Of(context.Result.Element), known = isFloat ? "" : StepContext.Known(kernel.Finish);
        int rows = Math.Clamp(RowBytes / (context.Result.Element.SizeOf() * (g.Inner + g.Columns)), 1, Math.Min(MostRows, g.ResultRows));
        string call = context.Shared(
            $"experts_{g.Rows}x{g.Choices}_{g.Experts}x{g.Inner}x{g.Columns}",
            [
                (context.Operand(0, "x"), context.Operands[0]),
                (context.Operand(1, "indices"), context.Operands[1]),
                .. isFloat ? [] : new[] { ("int32_t left_zero", $"{kernel.LeftZero}") },
                (context.WeightParameter("weights"), context.Weights(kernel.Weights, kernel.Groups)),
                .. kernel.Bias is null ? [] : new[] { (context.Parameter("bias", "bias"), context.Constant("bias")) },
                .. isFloat ? [] : new[] { ("edgec_requantizer finish", "finish") },
                (context.Target, "y"),
            ],
            $$"""
            const edgec_experts experts = {
                .rows = {{g.Rows}}, .choices = {{g.Choices}}, .experts = {{g.Experts}}, .inner = {{g.Inner}}, .columns = {{g.Columns}},
                .row_per_choice = {{Word(g.RowPerChoice)}}, .by_expert = {{Word(g.ByExpert)}},
            };
            edgec_expert_row queue[{{g.ResultRows}}];
            {{element}} taken[{{rows * g.Inner}}], results[{{rows * g.Columns}}];
            {{StepContext.Known(kernel.Weights, kernel.Groups, "weights")}}{{known}}edgec_queue_{{kernel.Index.Text()}}(experts, indices, queue);
            edgec_expert_run run = {0, 0, 0};
            while (edgec_next_run(experts, queue, {{rows}}, &run)) {
                const edgec_matmul matmul = {
                    .batch = 1, .rows = run.count, .inner = {{g.Inner}}, .columns = {{g.Columns}}, .right_transposed = true,
                };
                int column = run.expert * {{g.Columns}};
                edgec_take_rows(experts, queue, run, sizeof *x, x, taken);
                {{product}}
                edgec_put_rows(experts, queue, run, sizeof *y, results, y);
            }
            """);
        return new(finish + call, "edgec_experts.h", header)
        {
            Stack = CBody.KernelStack + (8L * g.ResultRows) + ((long)context.Result.Element.SizeOf() * rows * (g.Inner + g.Columns)),
        };
    }

    private static (string Call, string Header) Product(ExpertMatmulKernel kernel, StepContext context)
    {
        int inner = kernel.Geometry.Inner, elements = WeightPanels.Elements(kernel.Geometry.Columns, inner);
        string bias = kernel.Bias is null ? "NULL" : "bias + column";
        string at = $"weights + (ptrdiff_t)column * {inner}", rest = $"{bias}, edgec_finish_from(finish, column), results);";
        return kernel.Finish switch
        {
            FloatFinish f => ($"edgec_matmul_f32(matmul, taken, {at}, {bias}, {CLiteral.Float(f.Lo)}, {CLiteral.Float(f.Hi)}, results);", "edgec_matmul_f32.h"),
            IntegerFinish when context.IsWide => (
                $"(void)left_zero;\n    {context.Summing("edgec_matmul")}(matmul, {StepContext.Factor(kernel.Weights)}, taken, {(kernel.Weights.Element == ElementType.I4 ? $"edgec_columns_i4(weights, column, {inner}).values" : at)}, {rest}",
                "edgec_i16.h"),
            IntegerFinish when context.HasPanels && kernel.Weights.Element == ElementType.I4 => (
                $"edgec_matmul_panels_i4(matmul, taken, left_zero, edgec_panels_from_i4(weights, (ptrdiff_t)run.expert * {elements}, column, {inner}), {rest}", "edgec_matmul_i4.h"),
            IntegerFinish when context.HasPanels => (
                $"edgec_matmul_panels_i8(matmul, taken, left_zero, weights + (ptrdiff_t)run.expert * {elements}, {rest}", "edgec_matmul_i8.h"),
            IntegerFinish when kernel.Weights.Element == ElementType.I4 => ($"edgec_matmul_i4(matmul, taken, left_zero, edgec_columns_i4(weights, column, {inner}), {rest}", "edgec_matmul_i4.h"),
            IntegerFinish => ($"edgec_matmul_i8(matmul, taken, left_zero, {at}, 0, {rest}", "edgec_matmul_i8.h"),
            _ => throw context.Mismatch(kernel.Finish),
        };
    }

    private static string Word(bool value) => value ? "true" : "false";
}
