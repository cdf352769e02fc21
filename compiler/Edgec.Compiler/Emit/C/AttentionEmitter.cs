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
            {{StepContext.Known(kernel.Scores)}}edgec_attention_i8(attention, queries, keys, values, finish, exponentials, scores, weights, y);
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
                .hi = {{kernel.Hi}},
            };
            {{call}}
            """,
            "edgec_attention_i8.h");
    }

    private static string Word(bool value) => value ? "true" : "false";
}
