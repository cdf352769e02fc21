using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Tests.Ops;
using Xunit;

namespace Edgec.Tests.Hls;

/// <summary>Attention on the engine against the reference, bit for bit, whatever is in flight.</summary>
public sealed class AttentionEngineTests
{
    private const string Checked = "-O1 -fsanitize=undefined -fno-sanitize-recover=undefined";

    /// <param name="parallel">Queries in flight; 0 for a number that differs from layer to layer.</param>
    [Theory]
    [InlineData(1, true)]
    [InlineData(4, false)]
    [InlineData(0, true)]
    public void Any_number_of_queries_in_flight_gives_the_same_bits(int parallel, bool resident)
    {
        var draw = new Draw(41);
        EngineCase[] cases =
        [
            Case("divides", [2, 16, 32], [2, 16, 32], [2, 16, 32]),
            Case("remainder", [1, 3, 21, 24], [1, 3, 21, 24], [1, 3, 21, 40]),
            Case("fewer_keys", [2, 9, 16], [2, 3, 16], [2, 3, 7]),
            Case("fewer_queries", [3, 2, 70], [3, 29, 70], [3, 29, 5]),
            Case("one_key", [2, 5, 8], [2, 1, 8], [2, 1, 40]),
            Case("one_query", [1, 1, 8], [1, 33, 8], [1, 33, 20]),
            Case("columns", [2, 19, 21], [2, 21, 37], [2, 37, 33], false),
            Case("columns_few", [1, 6, 50], [1, 50, 5], [1, 5, 16], false),
            Case("one_context", [3, 10, 12], [1, 18, 12], [1, 18, 20]),
            Case("one_context_columns", [3, 10, 12], [1, 12, 18], [1, 18, 20], false),
            Case("wide", [1, 5, 20], [1, 9, 20], [1, 9, 300]),
            Case("biased", [2, 3, 19, 16], [2, 3, 37, 16], [2, 3, 37, 20], bias: [3, 19, 37]),
            Case("biased_repeated", [8, 18, 24], [8, 25, 24], [8, 25, 20], bias: [2, 18, 25], repeat: 2),
            Case("biased_fewer_keys", [2, 9, 24], [2, 5, 24], [2, 5, 40], bias: [1, 9, 5]),
            Case("biased_columns", [2, 23, 24], [2, 24, 40], [2, 40, 20], false, bias: [2, 1, 40]),
            Case("sixteen", [1, 37, 24], [1, 37, 24], [1, 37, 40], most: 16),
        ];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("zcu102"), new(HeldWords: resident ? null : 0), "attention.onnx");
        Assert.Equal(parallel == 0 ? 16 : parallel, plan.Configuration.Attention.Slots);
        Assert.Equal([resident], plan.Layers.Select(layer => layer.Attention!.Resident).Distinct());
        EngineBench.Check(cases, plan, Checked);

        EngineCase Case(string name, Shape q, Shape k, Shape v, bool byRow = true, int most = 0, Shape? bias = null, int repeat = 1) =>
            Attend(draw, name, q, k, v, byRow, bias: bias, repeat: repeat, parallel: parallel > 0 ? parallel : most > 0 ? most : draw.Of(2, 3, 8, 16));
    }

    /// <summary>Extents, layouts, biases and queries in flight as they come; the planner says what stays on chip.</summary>
    [Fact]
    public void Random_layers_are_exact()
    {
        var draw = new Draw(47);
        EngineCase[] cases = [.. Enumerable.Range(0, 24).Select(Case)];
        EngineBench.Check(cases, board: "zcu102", options: new(HeldWords: 128), flags: Checked);

        EngineCase Case(int index)
        {
            int batch = draw.Int(1, 4), rows = draw.Int(2, 40), columns = draw.Int(4, 50), inner = draw.Int(1, 70), width = draw.Int(8, 70), context = draw.Of(1, batch);
            bool byRow = draw.Of(true, false);
            Shape? bias = draw.Of(0, 1, 2) switch
            {
                0 => null,
                1 => [draw.Of(1, batch), rows, columns],
                _ => [1, 1, columns],
            };
            return Attend(
                draw, $"random{index}", [batch, rows, inner], byRow ? [context, columns, inner] : [context, inner, columns], [context, columns, width], byRow, draw.Of(0, 0, 1, 5, 7, 9), bias);
        }
    }

    internal static EngineCase Attend(Draw draw, string name, Shape q, Shape k, Shape v, bool byRow = true, int parallel = 0, Shape? bias = null, int repeat = 1)
    {
        int inner = q[^1];
        float scoreScale = 0.06f;
        var op = new Attention(byRow, (float)(2.2 / Math.Sqrt(inner)), scoreScale, draw.Int(-20, 20), draw.Of(Activation.None, Activation.Relu), draw.Of(1, -0.5f), repeat);
        (Tensor, Quantization?)[] operands =
        [
            (draw.I8(q), Quantization.PerTensor(0.02, draw.Int(-9, 9))),
            (draw.I8(k), Quantization.PerTensor(0.03, draw.Int(-9, 9))),
            (draw.I8(v), Quantization.PerTensor(0.05, draw.Int(-20, 20))),
            .. bias is null ? Array.Empty<(Tensor, Quantization?)>() : [(draw.I8(bias), Quantization.PerTensor(0.02, draw.Int(-60, 60)))],
        ];
        var node = new QuantizedNode(op, operands, Quantization.PerTensor(v[^2] < 4 ? 0.05 : 0.02, draw.Int(-9, 9)));
        var kernel = (AttentionKernel)node.Kernel();
        return new(name, _ => kernel with { Parallel = parallel }, [.. operands.Select(o => o.Item1)], [.. q.SkipLast(1), v[^1]]);
    }
}
