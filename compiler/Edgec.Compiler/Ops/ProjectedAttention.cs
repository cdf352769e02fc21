using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Attention with its projections, as ONNX Runtime's optimizer writes it: inputs x [Batch, Tokens, Inner], weights [Inner, queries' + keys' +
/// values' channels] and their bias, a mask of keys, and, behind a past that must be left out, numbers added to the scores.
/// </summary>
/// <param name="Widths">Channels of queries, keys and values; empty if they are equal.</param>
/// <param name="Scale">0 for 1/√width.</param>
/// <param name="Closed">What a closed key's score gets.</param>
public sealed record ProjectedAttention(int HeadCount, EquatableArray<int> Widths, float Scale, float Closed, bool Causal) : Composition
{
    public static readonly OpDef Def = new("projected-attention", "Attention", Read) { Domain = "com.microsoft" };

    private const int BiasInput = 2, MaskInput = 3, PastInput = 4, AddedInput = 5, LengthInput = 6;

    public override string Name => "projected-attention";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
    [
        ("num_heads", HeadCount),
        .. Widths.Count == 0 ? Array.Empty<(string, AttributeValue)>() : [("qkv_hidden_sizes", Widths)],
        .. Scale == 0 ? Array.Empty<(string, AttributeValue)>() : [("scale", Scale)],
        .. Closed == MultiHeadAttention.UsualClosed ? Array.Empty<(string, AttributeValue)>() : [("mask_filter_value", Closed)],
        .. Causal ? [("unidirectional", true)] : Array.Empty<(string, AttributeValue)>(),
    ];

    private protected override string Compose(Canonicalizer context)
    {
        if (context.Has(PastInput) || context.Has(LengthInput) || context.Outputs > 1)
            throw OperatorException.Unsupported("Attention (com.microsoft) with a past or present state is not supported. Export the model without a cache.");
        Shape weights = context.Shape(1);
        if (weights.Rank != 2 || (Widths.Count == 0 ? weights[1] % 3 != 0 : Widths.Count != 3 || Widths.Sum() != weights[1]))
            throw OperatorException.Invalid($"Attention (com.microsoft) has weights {weights}, which do not hold queries, keys and values.");
        int[] widths = Widths.Count == 0 ? [.. Enumerable.Repeat(weights[1] / 3, 3)] : [.. Widths];
        string all = context.Add(new MatMul(false, Activation.None), context.Input(0), context.Input(1));
        if (context.Has(BiasInput))
            all = context.Add(new Binary(BinaryFunction.Add, Activation.None), all, context.Input(BiasInput));
        var shaper = new AttentionComposition(context, context.Type(0).Element) { Scale = 1 };
        var parts = new string[3];
        for (int i = 0, from = 0; i < 3; from += widths[i++])
            parts[i] = shaper.Heads(context.Add(Slice.Range(2, from, from + widths[i]), all), HeadCount);
        var attention = new AttentionComposition(context, context.Type(0).Element)
        {
            Scale = Scale == 0 ? 1 / MathF.Sqrt(widths[0] / HeadCount) : Scale,
            Mask = context.Has(MaskInput) ? MultiHeadAttention.Truths(context, MaskInput) : "",
            Bias = context.Has(AddedInput) ? context.Input(AddedInput) : "",
            Closed = Closed,
            Past = Causal ? 0 : null,
        };
        return shaper.Joined(attention.Attend(parts[0], parts[1], parts[2], out _));
    }

    private static ProjectedAttention Read(AttributeReader a)
    {
        if (a.Flag("do_rotary") || a.Flag("past_present_share_buffer"))
            throw OperatorException.Unsupported("Attention (com.microsoft) with rotary positions or a shared cache is not supported. Export the model without them.");
        a.Has("rotary_embedding_dim");
        return new(
            a.Int("num_heads"), a.Ints("qkv_hidden_sizes"), a.Float("scale", 0), a.Float("mask_filter_value", MultiHeadAttention.UsualClosed), a.Flag("unidirectional"));
    }
}
