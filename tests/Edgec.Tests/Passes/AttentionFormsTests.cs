using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Tests.Backends;
using Edgec.Tests.Import;
using Xunit;
using static Edgec.Tests.Import.ModelBuilder;

namespace Edgec.Tests.Passes;

/// <summary>Attention as exporters write it, from ONNX nodes to one kernel.</summary>
public sealed class AttentionFormsTests
{
    // PyTorch 1: queries are scaled before their heads are split, and products have three axes.
    [Fact]
    public void Multihead_attention_of_three_axes() => Fuses(
        new ModelBuilder().Input("q", 5, 2, 6).Input("k", 5, 2, 6).Input("v", 5, 2, 6).Floats("f", 0.57735f)
            .Node("Mul", "q f", "qs")
            .Node("Reshape", "qs shape", "qr").Node("Transpose", "qr", "qh", attributes: Attribute("perm", new long[] { 1, 0, 2 }))
            .Node("Reshape", "k shape", "kr").Node("Transpose", "kr", "kh", attributes: Attribute("perm", new long[] { 1, 2, 0 }))
            .Node("Reshape", "v shape", "vr").Node("Transpose", "vr", "vh", attributes: Attribute("perm", new long[] { 1, 0, 2 }))
            .Node("MatMul", "qh kh", "s").Node("Add", "s mask", "m").Node("Softmax", "m", "p", attributes: Attribute("axis", -1))
            .Node("MatMul", "p vh", "y").Output("y")
            .Longs("shape", [3], 5, 4, 3).Floats("mask", [1, 5, 5], Mask(5, 5)));

    // PyTorch 2: both sides are scaled by the root of the factor, and a guard stands behind the softmax.
    [Fact]
    public void Scaled_dot_product_attention_with_a_mask_of_truths() => Fuses(
        new ModelBuilder().Input("q", 2, 3, 5, 4).Input("k", 2, 3, 5, 4).Input("v", 2, 3, 5, 4).Floats("f", 0.70711f).Floats("zero", 0)
            .Node("Transpose", "k", "kt", attributes: Attribute("perm", new long[] { 0, 1, 3, 2 }))
            .Node("Mul", "q f", "qs").Node("Mul", "kt f", "ks").Node("MatMul", "qs ks", "s").Node("Add", "s mask", "m")
            .Node("Softmax", "m", "p", attributes: Attribute("axis", -1)).Node("IsNaN", "p", "n").Node("Where", "n zero p", "g")
            .Node("MatMul", "g v", "y").Output("y").Floats("mask", [1, 1, 5, 5], Mask(5, 5)));

    // timm: queries, keys and values gathered from one product.
    [Fact]
    public void Queries_keys_and_values_of_one_product() => Fuses(
        new ModelBuilder().Input("x", 1, 5, 6).Floats("w", [6, 18], [.. Enumerable.Range(0, 6 * 18).Select(i => MathF.Sin(i))])
            .Node("MatMul", "x w", "qkv").Node("Reshape", "qkv shape", "r").Node("Transpose", "r", "t", attributes: Attribute("perm", new long[] { 2, 0, 3, 1, 4 }))
            .Node("Gather", "t i0", "q", attributes: Attribute("axis", 0)).Node("Gather", "t i1", "k", attributes: Attribute("axis", 0)).Node("Gather", "t i2", "v", attributes: Attribute("axis", 0))
            .Node("Mul", "q f", "qs").Node("Transpose", "k", "kt", attributes: Attribute("perm", new long[] { 0, 1, 3, 2 })).Node("MatMul", "qs kt", "s")
            .Node("Softmax", "s", "p", attributes: Attribute("axis", -1)).Node("MatMul", "p v", "y").Output("y")
            .Floats("f", 0.57735f).Longs("shape", [5], 1, 5, 3, 2, 3).Longs("i0", [], 0).Longs("i1", [], 1).Longs("i2", [], 2));

    // Swin: relative positions by head, then masks by window, and a division in the place of the factor.
    [Fact]
    public void Shifted_windows() => Fuses(
        new ModelBuilder().Input("q", 4, 2, 3, 4).Input("k", 4, 2, 3, 4).Input("v", 4, 2, 3, 4).Floats("d", 2)
            .Node("Transpose", "k", "kt", attributes: Attribute("perm", new long[] { 0, 1, 3, 2 })).Node("MatMul", "q kt", "s").Node("Div", "s d", "f").Node("Add", "f bias", "b")
            .Node("Reshape", "b split", "r").Node("Add", "r mask", "m").Node("Reshape", "m whole", "w")
            .Node("Softmax", "w", "p", attributes: Attribute("axis", -1)).Node("MatMul", "p v", "y").Output("y")
            .Floats("bias", [1, 2, 3, 3], [.. Enumerable.Range(0, 18).Select(i => MathF.Cos(i))]).Floats("mask", [1, 4, 1, 3, 3], [.. Mask(3, 3), .. Mask(3, 3), .. Mask(3, 3), .. Mask(3, 3)])
            .Longs("split", [5], 1, 4, 2, 3, 3).Longs("whole", [4], 4, 2, 3, 3));

    // LeViT: biases that an index gathers from a table, keys narrower than values.
    [Fact]
    public void Gathered_biases() => Fuses(
        new ModelBuilder().Input("q", 1, 2, 4, 3).Input("k", 1, 2, 3, 4).Input("v", 1, 2, 4, 6).Floats("f", 0.5f)
            .Node("MatMul", "q k", "s").Node("Mul", "s f", "m").Node("Gather", "table index", "b", attributes: Attribute("axis", 1)).Node("Add", "m b", "a")
            .Node("Softmax", "a", "p", attributes: Attribute("axis", -1)).Node("MatMul", "p v", "y").Output("y")
            .Floats("table", [2, 4], [.. Enumerable.Range(0, 8).Select(i => MathF.Cos(i))]).Longs("index", [4, 4], [.. Enumerable.Range(0, 16).Select(i => (long)Math.Abs((i / 4) - (i % 4)))]));

    // Nothing is closed in the first column.
    private static float[] Mask(int rows, int columns) =>
        [.. Enumerable.Range(0, rows * columns).Select(i => i % columns > i / columns ? float.NegativeInfinity : 0)];

    private static void Fuses(ModelBuilder model)
    {
        var bag = new DiagnosticBag();
        Graph imported = model.Import(bag);
        bag.ThrowIfErrors();
        Graph canonical = Pipelines.Canonical.Run(imported, new("test", bag));
        Graph fused = Pipelines.Quantized.Run(BuiltBundle.Quantize(canonical), new("test", bag));
        Assert.Empty(bag.Items);
        Assert.Single(fused.Nodes, node => node.Op is Attention);
        Assert.All(fused.Nodes, node => Assert.False(node.Op is Softmax or Binary or Where, node.ToString()));
    }
}
