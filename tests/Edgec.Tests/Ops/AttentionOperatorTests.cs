using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>
/// Attention as an operator: ONNX's in the variants of its conformance cases, and ONNX Runtime's two. All against ONNX Runtime, imported,
/// canonical, and as kernels.
/// </summary>
public sealed class AttentionOperatorTests
{
    private const double Tolerance = 1e-4;

    private readonly Random random = new(5);

    // q_num_heads, kv_num_heads, channels of one head's values
    [Theory]
    [InlineData(3, 3, 8)]
    [InlineData(3, 3, 10)]
    [InlineData(9, 3, 8)]
    [InlineData(4, 1, 5)]
    public void Three_axes(int queryHeads, int keyHeads, int width) =>
        new OperatorCase("Attention", 23).With("q_num_heads", queryHeads).With("kv_num_heads", keyHeads)
            .Input(Real(2, 4, queryHeads * 8)).Input(Real(2, 6, keyHeads * 8)).Input(Real(2, 6, keyHeads * width)).Check(Tolerance);

    [Theory]
    [InlineData(3, 3, 8)]
    [InlineData(9, 3, 10)]
    public void Four_axes(int queryHeads, int keyHeads, int width) => Four(queryHeads, keyHeads, width).Check(Tolerance);

    [Fact]
    public void Scaled() => Four(3, 3, 8).With("scale", 1e-2f).Check(Tolerance);

    [Fact]
    public void Bounded() => Four(3, 3, 8).With("softcap", 2f).Check(Tolerance);

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void Causal(int heads) => Four(heads, 3, 8).With("is_causal", true).Check(Tolerance);

    public static TheoryData<int[], bool> Masks => new()
    {
        { [4, 6], true }, { [4, 6], false }, { [3, 4, 6], true }, { [2, 3, 4, 6], false }, { [2, 1, 4, 6], true },
    };

    [Theory]
    [MemberData(nameof(Masks))]
    public void With_a_mask(int[] shape, bool known)
    {
        Tensor mask = Real(shape);
        (known ? Four(3, 3, 8).Constant(mask) : Four(3, 3, 8).Input(mask)).Check(Tolerance);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_a_mask_of_truths(bool known)
    {
        Tensor mask = Open(4, 6);
        (known ? Four(3, 3, 8).Constant(mask) : Four(3, 3, 8).Input(mask)).Check(Tolerance);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void With_a_mask_and_causal(bool truths, bool known)
    {
        Tensor mask = truths ? Open(4, 6) : Real(4, 6);
        (known ? Four(3, 3, 8).Constant(mask) : Four(3, 3, 8).Input(mask)).With("is_causal", true).Check(Tolerance);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 9)]
    public void Masks_of_shared_keys(int batch, int heads) => Four(9, 3, 8).Constant(Real(batch, heads, 4, 6)).Check(Tolerance);

    // ONNX Runtime wants a row for each query.
    [Theory]
    [InlineData(1, 3)]
    [InlineData(1, 9)]
    [InlineData(9, 9)]
    public void A_mask_of_one_row_is_every_query_s(int heads, int queryHeads)
    {
        Tensor q = Real(2, queryHeads, 4, 8), k = Real(2, 3, 6, 8), v = Real(2, 3, 6, 5), mask = Real(1, heads, 1, 6);
        Tensor rows = new Expand([1, heads, 4, 6]).Evaluate(new([mask], 1))[0];
        Tensor[] expected = OnnxOracle.Run("Attention", 23, "", [], [(q, false), (k, false), (v, false), (rows, false)], 1);
        new OperatorCase("Attention", 23).Input(q).Input(k).Input(v).Constant(mask).Check(expected, Tolerance);
        new OperatorCase("Attention", 23).Input(q).Input(k).Input(v).Input(mask).Check(expected, Tolerance);
    }

    [Fact]
    public void Keys_of_the_past_come_out_again() =>
        new OperatorCase("Attention", 23).With("is_causal", true).Input(Real(2, 3, 4, 8)).Input(Real(2, 3, 6, 8)).Input(Real(2, 3, 6, 10)).Absent()
            .Input(Real(2, 3, 5, 8)).Input(Real(2, 3, 5, 10)).Outputs(3).Check(Tolerance);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Scores_come_out(int step) =>
        new OperatorCase("Attention", 23).With("qk_matmul_output_mode", step).Input(Real(2, 3, 4, 8)).Input(Real(2, 3, 6, 8)).Input(Real(2, 3, 6, 8)).Constant(Real(4, 11))
            .Input(Real(2, 3, 5, 8)).Input(Real(2, 3, 5, 8)).Outputs(4).Check(Tolerance);

    [Fact]
    public void A_query_without_an_open_key_gives_0()
    {
        Tensor q = Real(1, 1, 2, 4), k = Real(1, 1, 3, 4), v = Real(1, 1, 3, 2), mask = Tensor.Of<bool>([2, 3], [false, false, false, false, true, false]);
        Tensor expected = Tensor.Of<float>([1, 1, 2, 2], [0, 0, v.Span<float>()[2], v.Span<float>()[3]]);
        new OperatorCase("Attention", 24).Input(q).Input(k).Input(v).Constant(mask).Check([expected], Tolerance);
        new OperatorCase("Attention", 24).Input(q).Input(k).Input(v).Input(mask).Check([expected], Tolerance);
        new OperatorCase("Attention", 24).With("is_causal", true).Input(q).Input(k).Input(v).Input(mask).Check([expected], Tolerance);
    }

    [Fact]
    public void What_is_not_supported_is_a_diagnostic()
    {
        Assert.Equal("EC2001", Four(3, 3, 8, 24).Absent().Input(Real(2, 3, 5, 8)).Input(Real(2, 3, 5, 8)).Input(Tensor.Of<long>([2], [3, 4])).Fails());
        Assert.Equal("EC2001", Four(3, 3, 8, 24).Absent().Absent().Absent().Input(Tensor.Of<long>([3], [3, 4, 5])).Fails());
        Assert.Equal("EC2001", new OperatorCase("Attention", 23).Input(Real(1, 4, 6)).Input(Real(1, 4, 6)).Input(Real(1, 4, 6)).Fails());
        Assert.Equal("EC2002", Fused().Absent().Absent().Absent().Input(Real(2, 2, 3, 4)).Input(Real(2, 2, 3, 4)).Fails());
        Assert.Equal("EC2002", Packed().Absent().Input(Real(2, 2, 2, 3, 4)).Fails());
        Assert.Equal("EC2002", Packed().Constant(Tensor.Of<int>([2], [3, 4])).Fails());
    }

    [Fact]
    public void Of_the_optimizer() => Fused().Check(Tolerance);

    [Fact]
    public void Of_the_optimizer_with_a_bias_a_mask_and_positions() =>
        Fused().Constant(Real(3 * 12)).Constant(Tensor.Of<int>([2, 6], [1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0])).Constant(Real(1, 3, 5, 6)).Check(Tolerance);

    // ONNX Runtime computes these on other devices only, but says what they hold.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_the_optimizer_with_several_in_one(bool queriesToo)
    {
        Tensor q = Real(2, 5, 24), k = Real(2, 5, 24), v = Real(2, 5, 24);
        Tensor[] expected = OnnxOracle.Run("MultiHeadAttention", 1, "com.microsoft", [("num_heads", 3)], [(q, false), (k, false), (v, false)], 1);
        Tensor packed = new Concat(3).Evaluate(new([.. (queriesToo ? new[] { q, k, v } : [k, v]).Select(part => part.Reshape([2, 5, 3, 1, 8]))], 1))[0];
        var node = new OperatorCase("MultiHeadAttention", 1, "com.microsoft").With("num_heads", 3);
        (queriesToo ? node.Input(packed) : node.Input(q).Input(packed)).Check(expected, Tolerance);
    }

    [Fact]
    public void With_its_projections() => Packed().Check(Tolerance);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_its_projections_masked(bool known)
    {
        Tensor mask = Tensor.Of<int>([2, 5], [1, 1, 1, 0, 0, 1, 1, 1, 1, 0]);
        (known ? Packed().Constant(mask) : Packed().Input(mask)).Absent().Constant(Real(1, 2, 5, 5)).Check(Tolerance);
    }

    [Fact]
    public void With_its_projections_causal() => Packed().With("unidirectional", true).Check(Tolerance);

    [Fact]
    public void With_values_of_another_width() =>
        new OperatorCase("Attention", 1, "com.microsoft").With("num_heads", 2).With("qkv_hidden_sizes", (EquatableArray<long>)[8, 8, 12])
            .Input(Real(2, 5, 6)).Constant(Real(6, 28)).Constant(Real(28)).Check(Tolerance);

    private OperatorCase Four(int queryHeads, int keyHeads, int width, int opset = 23) =>
        new OperatorCase("Attention", opset).Input(Real(2, queryHeads, 4, 8)).Input(Real(2, keyHeads, 6, 8)).Input(Real(2, keyHeads, 6, width));

    private OperatorCase Fused() =>
        new OperatorCase("MultiHeadAttention", 1, "com.microsoft").With("num_heads", 3).Input(Real(2, 5, 12)).Input(Real(2, 6, 12)).Input(Real(2, 6, 12));

    private OperatorCase Packed() =>
        new OperatorCase("Attention", 1, "com.microsoft").With("num_heads", 2).Input(Real(2, 5, 6)).Constant(Real(6, 24)).Constant(Real(24));

    private Tensor Real(params int[] shape)
    {
        Tensor tensor = Tensor.Zeros(ElementType.F32, [.. shape]);
        foreach (ref float value in tensor.Span<float>())
            value = random.NextSingle() * 2 - 1;
        return tensor;
    }

    // The first key is open for every query.
    private Tensor Open(int rows, int columns) =>
        Tensor.Of([rows, columns], [.. Enumerable.Range(0, rows * columns).Select(i => i % columns == 0 || random.Next(2) == 0)]);
}
