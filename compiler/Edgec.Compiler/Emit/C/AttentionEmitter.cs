using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

internal static class AttentionEmitter
{
    // Scores that a block of queries makes, most queries of one, and bytes of keys that are turned once for all queries.
    private const int MostScores = 1 << 14, MostQueries = 64, KeyBytes = 1 << 15, Rows = 4;

    // Bytes of the stack beside these.
    private const int Calls = 1 << 13;

    // One function for all layers of a geometry: it holds the rows of scores and their exponentials.
    public static CBody Emit(AttentionKernel kernel, StepContext context)
    {
        AttentionGeometry g = kernel.Geometry;
        int inner = Even(g.Inner), columns = Even(g.Columns), queries = Queries(g), keys = Keys(g);
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
            int16_t centered[{{queries * inner}}], weights[{{queries * columns}}];
            int8_t panels[{{keys * inner}}], scores[{{queries * columns}}], panel[EDGEC_PANEL_COLUMNS * {{columns}}];
            uint32_t sums[{{queries}}];
            const edgec_attention_room room = {
                .most_queries = {{queries}}, .most_keys = {{keys}},
                .queries = centered, .keys = panels, .scores = scores, .weights = weights, .sums = sums, .values = panel,
            };
            attention.batch = {{g.Batch}};
            attention.rows = {{g.Rows}};
            attention.columns = {{g.Columns}};
            attention.inner = {{g.Inner}};
            attention.width = {{g.Width}};
            attention.keys_by_row = {{Word(g.KeysByRow)}};
            attention.one_context = {{Word(g.OneContext)}};
            {{Known(kernel.Bias)}}{{StepContext.Known(kernel.Scores)}}edgec_attention_i8(attention, room, queries, keys, values, {{(kernel.Bias is null ? "NULL" : "bias")}}, finish, exponentials, y);
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
            "edgec_attention_i8.h")
        {
            Stack = Calls + (2L * queries * (inner + columns)) + ((long)keys * inner) + ((long)queries * columns) + ((long)WeightPanels.Columns * columns) + (4L * queries),
        };
    }

    // Blocks of about the same length.
    private static int Queries(AttentionGeometry g)
    {
        int most = Math.Clamp(MostScores / Math.Max(Even(g.Columns), Even(g.Inner)), Rows, MostQueries);
        int blocks = Math.Max(1, (g.Rows + most - 1) / most);
        return Math.Max(1, (g.Rows + blocks - 1) / blocks + Rows - 1) / Rows * Rows;
    }

    private static int Keys(AttentionGeometry g) =>
        Math.Clamp(KeyBytes / Even(g.Inner) / WeightPanels.Columns, 1, (Math.Max(g.Columns, 1) + WeightPanels.Columns - 1) / WeightPanels.Columns) * WeightPanels.Columns;

    private static int Even(int length) => Math.Max(2, length + length % 2);

    // What a shared function says of where biases lie.
    private static string Known(AttentionBias? bias) => bias is { } b
        ? $"attention.bias_repeat = {b.Repeat};\nattention.bias_count = {b.Count};\nattention.bias_by_row = {Word(b.ByRow)};\n"
        : "";

    private static string Steps(AttentionBias? bias) =>
        bias is { } b ? $"\n    .bias_zero = {b.Zero},\n    .bias_multiplier = {b.Multiplier}," : "";

    private static string Word(bool value) => value ? "true" : "false";
}
