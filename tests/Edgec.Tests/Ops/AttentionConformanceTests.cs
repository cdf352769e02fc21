using System.Globalization;
using Edgec.Ops;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>
/// The variants of Attention that the ONNX project's conformance cases test (opset 23 and 24), by the names that follow test_attention_, on values of our
/// own, against the operator's formula. None is refused: those of half precision are evaluated and have no kernel, all others run as kernels too.
/// </summary>
public sealed class AttentionConformanceTests
{
    private const string Table = """
        23_boolmask_fullymasked_row_nan_robustness             opset=23 outputs=1 q=1x2x2x8 k=1x2x2x8 v=1x2x2x8 truths=2x2
        23_fullymasked_qk_matmul_output_mode3_zero             opset=23 outputs=4 q=1x2x2x8 k=1x2x2x8 v=1x2x2x8 truths=2x2 qk_matmul_output_mode=3
        3d                                                     opset=23 outputs=1 q=2x4x24 k=2x6x24 v=2x6x24 kv_num_heads=3 q_num_heads=3
        3d_attn_mask                                           opset=23 outputs=1 q=2x4x24 k=2x6x24 v=2x6x24 mask=4x6 kv_num_heads=3 q_num_heads=3
        3d_causal                                              opset=23 outputs=1 q=2x4x24 k=2x6x24 v=2x6x24 is_causal=1 kv_num_heads=3 q_num_heads=3
        3d_diff_heads_sizes                                    opset=23 outputs=1 q=2x4x24 k=2x6x24 v=2x6x30 kv_num_heads=3 q_num_heads=3
        3d_diff_heads_sizes_scaled                             opset=23 outputs=1 q=2x4x24 k=2x6x24 v=2x6x30 kv_num_heads=3 q_num_heads=3 scale=0.01
        3d_diff_heads_sizes_softcap                            opset=23 outputs=1 q=2x4x24 k=2x6x24 v=2x6x30 kv_num_heads=3 q_num_heads=3 softcap=3
        3d_diff_heads_with_past_and_present                    opset=23 outputs=3 q=2x4x24 k=2x6x24 v=2x6x30 mask=4x18 pk=2x3x12x8 pv=2x3x12x10 kv_num_heads=3 q_num_heads=3
        3d_gqa                                                 opset=23 outputs=1 q=2x4x72 k=2x6x24 v=2x6x24 kv_num_heads=3 q_num_heads=9
        3d_gqa_scaled                                          opset=23 outputs=1 q=2x4x72 k=2x6x24 v=2x6x24 kv_num_heads=3 q_num_heads=9 scale=0.01
        3d_gqa_softcap                                         opset=23 outputs=1 q=2x4x72 k=2x6x24 v=2x6x24 kv_num_heads=3 q_num_heads=9 softcap=3
        3d_gqa_with_past_and_present                           opset=23 outputs=3 q=2x4x72 k=2x6x24 v=2x6x24 mask=4x18 pk=2x3x12x8 pv=2x3x12x8 kv_num_heads=3 q_num_heads=9
        3d_scaled                                              opset=23 outputs=1 q=2x4x24 k=2x6x24 v=2x6x24 kv_num_heads=3 q_num_heads=3 scale=0.01
        3d_softcap                                             opset=23 outputs=1 q=2x4x24 k=2x6x24 v=2x6x24 kv_num_heads=3 q_num_heads=3 softcap=3
        3d_transpose_verification                              opset=23 outputs=1 q=1x2x12 k=1x2x12 v=1x2x12 kv_num_heads=3 q_num_heads=3
        3d_with_past_and_present_qk_matmul                     opset=23 outputs=4 q=2x4x24 k=2x6x24 v=2x6x24 mask=4x18 pk=2x3x12x8 pv=2x3x12x8 kv_num_heads=3 q_num_heads=3
        3d_with_past_and_present_qk_matmul_bias                opset=23 outputs=4 q=2x4x24 k=2x6x24 v=2x6x24 mask=4x18 pk=2x3x12x8 pv=2x3x12x8 kv_num_heads=3 q_num_heads=3 qk_matmul_output_mode=2
        4d_attn_mask_4d_causal                                 opset=23 outputs=1 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 mask=2x3x4x6 is_causal=1
        4d_attn_mask_bool                                      opset=23 outputs=1 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 truths=4x6
        4d_causal                                              opset=23 outputs=1 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 is_causal=1
        4d_causal_nonpad_batch_prefill                         opset=24 outputs=1 q=3x2x2x8 k=3x2x6x8 v=3x2x6x8 counts=3 is_causal=1
        4d_causal_with_past_and_present                        opset=24 outputs=3 q=2x3x4x8 k=2x3x4x8 v=2x3x4x8 pk=2x3x3x8 pv=2x3x3x8 is_causal=1
        4d_diff_heads_sizes                                    opset=23 outputs=1 q=2x3x4x8 k=2x3x6x8 v=2x3x6x10
        4d_diff_heads_sizes_attn_mask                          opset=23 outputs=1 q=2x3x4x8 k=2x3x6x8 v=2x3x6x10 mask=4x6
        4d_diff_heads_sizes_scaled                             opset=23 outputs=1 q=2x3x4x8 k=2x3x6x8 v=2x3x6x10 scale=0.01
        4d_diff_heads_sizes_softcap                            opset=23 outputs=1 q=2x3x4x8 k=2x3x6x8 v=2x3x6x10 softcap=2
        4d_diff_heads_with_past_and_present                    opset=23 outputs=3 q=2x3x4x8 k=2x3x6x8 v=2x3x6x10 mask=4x18 pk=2x3x12x8 pv=2x3x12x10
        4d_diff_heads_with_past_and_present_mask4d             opset=23 outputs=3 q=2x3x4x8 k=2x3x6x8 v=2x3x6x10 mask=2x3x4x18 pk=2x3x12x8 pv=2x3x12x10
        4d_fp16                                                opset=23 outputs=1 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 half
        4d_gqa                                                 opset=23 outputs=1 q=2x9x4x8 k=2x3x6x8 v=2x3x6x8
        4d_gqa_attn_mask                                       opset=23 outputs=1 q=2x9x4x8 k=2x3x6x8 v=2x3x6x8 mask=4x6
        4d_gqa_causal_nonpad_decode_fp16                       opset=24 outputs=1 q=2x4x1x8 k=2x2x8x8 v=2x2x8x8 counts=2 is_causal=1 half
        4d_gqa_scaled                                          opset=23 outputs=1 q=2x9x4x8 k=2x3x6x8 v=2x3x6x8 scale=0.01
        4d_gqa_with_past_and_present                           opset=23 outputs=3 q=2x9x4x8 k=2x3x6x8 v=2x3x6x8 mask=4x18 pk=2x3x12x8 pv=2x3x12x8
        4d_gqa_with_past_and_present_fp16                      opset=23 outputs=3 q=2x9x4x8 k=2x3x6x8 v=2x3x6x8 mask=4x18 pk=2x3x12x8 pv=2x3x12x8 half
        4d_softcap_neginf_mask                                 opset=23 outputs=1 q=1x1x4x8 k=1x1x6x8 v=1x1x6x8 mask=4x6 softcap=0.5
        4d_with_past_and_present                               opset=23 outputs=3 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 mask=4x18 pk=2x3x12x8 pv=2x3x12x8
        4d_with_past_and_present_qk_matmul_bias                opset=23 outputs=4 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 mask=4x18 pk=2x3x12x8 pv=2x3x12x8 qk_matmul_output_mode=2
        4d_with_past_and_present_qk_matmul_bias_3d_mask        opset=23 outputs=4 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 mask=2x1x4x18 pk=2x3x12x8 pv=2x3x12x8 qk_matmul_output_mode=2
        4d_with_past_and_present_qk_matmul_bias_3d_mask_causal opset=23 outputs=4 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 mask=2x1x4x18 pk=2x3x12x8 pv=2x3x12x8 is_causal=1 qk_matmul_output_mode=2
        4d_with_past_and_present_qk_matmul_bias_4d_mask        opset=23 outputs=4 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 mask=2x3x4x18 pk=2x3x12x8 pv=2x3x12x8 qk_matmul_output_mode=2
        4d_with_past_and_present_qk_matmul_bias_4d_mask_causal opset=23 outputs=4 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 mask=2x3x4x18 pk=2x3x12x8 pv=2x3x12x8 is_causal=1 qk_matmul_output_mode=2
        4d_with_qk_matmul_softcap                              opset=23 outputs=4 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 mask=4x6 qk_matmul_output_mode=1 softcap=2
        4d_with_qk_matmul_softmax                              opset=23 outputs=4 q=2x3x4x8 k=2x3x6x8 v=2x3x6x8 mask=4x6 qk_matmul_output_mode=3
        causal_boolmask_nan_robustness                         opset=24 outputs=1 q=1x2x2x8 k=1x2x2x8 v=1x2x2x8 truths=2x2 is_causal=1
        """;

    public static TheoryData<string> Variants => [.. Table.Split('\n').Select(line => line.Trim())];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Is_what_the_formula_says(string variant)
    {
        string[] words = variant.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> given = words.Skip(1).Where(word => word.Contains('=')).Select(word => word.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        bool half = words.Contains("half");
        var random = new Random(variant.Length);
        Tensor q = Real("q")!, k = Real("k")!, v = Real("v")!;
        Tensor? mask = given.ContainsKey("truths") ? Truths() : Real("mask"), pastKeys = Real("pk"), pastValues = Real("pv"), counts = Counts();
        var formula = new AttentionFormula(
            Whole("is_causal") != 0, Whole("q_num_heads"), Whole("kv_num_heads"), Number("scale"), Number("softcap"), Whole("qk_matmul_output_mode"));
        Tensor[] expected = [.. formula.Of(q, k, v, mask, pastKeys, pastValues, counts).Take(Whole("outputs"))];

        var node = new OperatorCase("Attention", Whole("opset")).Outputs(Whole("outputs"));
        foreach (string name in new[] { "is_causal", "q_num_heads", "kv_num_heads", "qk_matmul_output_mode" }.Where(given.ContainsKey))
            node.With(name, Whole(name));
        foreach (string name in new[] { "scale", "softcap" }.Where(given.ContainsKey))
            node.With(name, (float)Number(name));
        foreach (Tensor? input in new[] { q, k, v, mask, pastKeys, pastValues, counts })
            _ = input is null ? node.Absent() : node.Input(input);
        (half ? node.EvaluatesOnly() : node).Check(expected, half ? 5e-3 : 1e-5);

        int Whole(string name) => given.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

        double Number(string name) => given.TryGetValue(name, out string? text) ? float.Parse(text, CultureInfo.InvariantCulture) : 0;

        Shape Extents(string name) => Shape.From(given[name].Split('x').Select(extent => int.Parse(extent, CultureInfo.InvariantCulture)));

        Tensor? Real(string name)
        {
            if (!given.ContainsKey(name))
                return null;
            Tensor tensor = Tensor.Zeros(ElementType.F32, Extents(name));
            foreach (ref float value in tensor.Span<float>())
                value = random.NextSingle() * 2 - 1;
            // The last key but one is closed to all.
            for (int i = tensor.Shape[^1] - 2; variant.Contains("neginf") && name == "mask" && i < tensor.Count; i += tensor.Shape[^1])
                tensor.Span<float>()[i] = float.NegativeInfinity;
            return half ? tensor.ConvertTo(ElementType.F16) : tensor;
        }

        // No key is open to the first query where the name says so.
        Tensor Truths()
        {
            Shape shape = Extents("truths");
            bool closed = variant.Contains("robustness") || variant.Contains("fullymasked");
            return Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.ElementCount).Select(i => !(closed && i < shape[^1]) && (i % shape[^1] == 0 || random.Next(2) == 0))]);
        }

        Tensor? Counts() => given.ContainsKey("counts")
            ? Tensor.Of<long>(Extents("counts"), [.. Enumerable.Range(0, q.Shape[0]).Select(_ => (long)random.Next(q.Shape[2], k.Shape[2] + 1))])
            : null;
    }
}
