using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

internal static class AttentionEmitter
{
    // One function for all layers of a geometry: it holds the rows of scores and their exponentials.
    public static CBody Emit(AttentionKernel kernel, StepContext context)
    {
        AttentionGeometry g = kernel.Geometry;
        string call = context.Shared(
            $"attention_{g.Rows}x{g.Columns}x{g.Inner}x{g.Width}",
            [
                ("edgec_attention attention", "attention"),
                (context.Operand(0, "queries"), context.Operands[0]),
                (context.Operand(1, "keys"), context.Operands[1]),
                (context.Operand(2, "values"), context.Operands[2]),
                .. kernel.Bias is null ? Array.Empty<(string, string)>() : [(context.Operand(3, "bias"), context.Operands[3])],
                ("edgec_requantizer finish", "finish"),
                (context.Parameter("exponentials", "exponentials"), context.Constant("exponentials")),
                (context.Target, "y"),
            ],
            $$"""
            int8_t scores[EDGEC_QUERIES_I8 * {{Math.Max(g.Columns, 1)}}];
            int16_t weights[{{Math.Max(g.Columns, 1)}}];
            attention.batch = {{g.Batch}};
            attention.rows = {{g.Rows}};
            attention.columns = {{g.Columns}};
            attention.inner = {{g.Inner}};
            attention.width = {{g.Width}};
            attention.keys_by_row = {{Word(g.KeysByRow)}};
            attention.one_context = {{Word(g.OneContext)}};
            {{Known(kernel.Bias)}}{{StepContext.Known(kernel.Scores)}}edgec_attention_i8(attention, queries, keys, values, {{(kernel.Bias is null ? "NULL" : "bias")}}, finish, exponentials, scores, weights, y);
            """);
        return new(
            $$"""
            {{context.Requantizer(kernel.Scores)}}
            const edgec_attention attention = {
                .query_zero = {{kernel.QueryZero}},
                .key_zero = {{kernel.KeyZero}},
                .value_zero = {{kernel.ValueZero}},
                .multiplier = {{kernel.Multiplier}},
                .shift = {{kernel.Shift}},
                .zero = {{kernel.Zero}},
                .lo = {{kernel.Lo}},
                .hi = {{kernel.Hi}},{{Steps(kernel.Bias)}}
            };
            {{call}}
            """,
            "edgec_attention_i8.h");
    }

    // What a shared function says of where biases lie.
    private static string Known(AttentionBias? bias) => bias is { } b
        ? $"attention.bias_repeat = {b.Repeat};\nattention.bias_count = {b.Count};\nattention.bias_by_row = {Word(b.ByRow)};\n"
        : "";

    private static string Steps(AttentionBias? bias) =>
        bias is { } b ? $"\n    .bias_zero = {b.Zero},\n    .bias_multiplier = {b.Multiplier}," : "";

    private static string Word(bool value) => value ? "true" : "false";
}
