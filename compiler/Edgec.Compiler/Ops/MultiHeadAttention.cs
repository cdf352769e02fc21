using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Attention as ONNX Runtime's optimizer writes it: inputs queries [Batch, Tokens, Heads · Width], keys and values likewise or as [Batch, Heads,
/// Tokens, Width]; keys and values in one [Batch, Tokens, Heads, 2, Width], or all three in one with 3; a bias of all three's channels; a mask
/// of keys, 0 where closed; numbers added to the scores. Without a past.
/// </summary>
/// <param name="Scale">0 for 1/√width.</param>
/// <param name="Closed">What a closed key's score gets.</param>
public sealed record MultiHeadAttention(int HeadCount, float Scale, float Closed, bool Causal) : Composition
{
    public static readonly OpDef Def = new("multi-head-attention", "MultiHeadAttention", a => new MultiHeadAttention(
        a.Int("num_heads"), a.Float("scale", 0), a.Float("mask_filter_value", UsualClosed), a.Flag("unidirectional")))
    { Domain = "com.microsoft" };

    internal const float UsualClosed = -10_000;

    private const int BiasInput = 3, MaskInput = 4, AddedInput = 5, PastInput = 6;

    public override string Name => "multi-head-attention";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
    [
        ("num_heads", HeadCount),
        .. Scale == 0 ? Array.Empty<(string, AttributeValue)>() : [("scale", Scale)],
        .. Closed == UsualClosed ? Array.Empty<(string, AttributeValue)>() : [("mask_filter_value", Closed)],
        .. Causal ? [("unidirectional", true)] : Array.Empty<(string, AttributeValue)>(),
    ];

    /// <summary>A mask of ones and zeros, by key or by query and key, as truths that fit scores of four axes.</summary>
    internal static string Truths(Canonicalizer context, int input)
    {
        Shape shape = context.Shape(input);
        if (shape.Rank is not (2 or 3))
            throw OperatorException.Unsupported($"A mask {shape} of numbers of keys is not supported. Give ones and zeros [batch, keys] or [batch, queries, keys].");
        Shape four = shape.Rank == 2 ? [shape[0], 1, 1, shape[1]] : [shape[0], 1, shape[1], shape[2]];
        if (context.Constant(input) is { } mask)
            return context.AddConstant("open", Tensor.Of(four, [.. mask.Integers().Select(open => open != 0)]));
        return context.Add(Reshape.To(four), context.Add(new Cast(ElementType.Bool), context.Input(input)));
    }

    private protected override string Compose(Canonicalizer context)
    {
        if (context.Count > PastInput && Enumerable.Range(PastInput, context.Count - PastInput).Any(context.Has))
            throw OperatorException.Unsupported("MultiHeadAttention with keys and values of the past is not supported. Export the model without a cache.");
        if (context.Outputs > 1)
            throw OperatorException.Unsupported("MultiHeadAttention whose keys, values or scores are outputs is not supported. Export the model without a cache.");
        var shaper = new AttentionComposition(context, context.Type(0).Element) { Scale = 1 };
        string[] parts = Parts(context);
        int width = 0, from = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            Shape shape = context.TypeOf(parts[i]).Shape;
            bool byHead = shape.Rank == 4;
            int channels = byHead ? shape[1] * shape[3] : shape[^1];
            if (context.Has(BiasInput) && !byHead)
                parts[i] = context.Add(new Binary(BinaryFunction.Add, Activation.None), parts[i], context.Add(Slice.Range(0, from, from + channels), context.Input(BiasInput)));
            from += channels;
            if (!byHead)
                parts[i] = shaper.Heads(parts[i], HeadCount);
            width = i == 0 ? context.TypeOf(parts[0]).Shape[3] : width;
        }

        var attention = new AttentionComposition(context, context.Type(0).Element)
        {
            Scale = Scale == 0 ? 1 / MathF.Sqrt(width) : Scale,
            Mask = context.Has(MaskInput) ? Truths(context, MaskInput) : "",
            Bias = context.Has(AddedInput) ? context.Input(AddedInput) : "",
            Closed = Closed,
            Past = Causal ? 0 : null,
        };
        return shaper.Joined(attention.Attend(parts[0], parts[1], parts[2], out _));
    }

    // Queries, keys and values, cut from what holds several of them.
    private static string[] Parts(Canonicalizer context)
    {
        Shape q = context.Shape(0);
        if (q.Rank == 5)
            return [.. Enumerable.Range(0, 3).Select(i => Cut(context, 0, i, 3))];
        if (!context.Has(1))
            throw OperatorException.Invalid($"MultiHeadAttention has queries {q} but no keys. Give keys and values, or all three in one tensor of five axes.");
        if (context.Shape(1).Rank == 5)
            return [context.Input(0), Cut(context, 1, 0, 2), Cut(context, 1, 1, 2)];
        if (!context.Has(2))
            throw OperatorException.Invalid($"MultiHeadAttention has keys {context.Shape(1)} but no values. Give values, or both in one tensor of five axes.");
        return [context.Input(0), context.Input(1), context.Input(2)];
    }

    // [Batch, Tokens, Heads, count, Width] at one of count, as [Batch, Tokens, Heads · Width].
    private static string Cut(Canonicalizer context, int input, int index, int count)
    {
        Shape s = context.Shape(input);
        if (s[3] != count)
            throw OperatorException.Invalid($"MultiHeadAttention takes {count} tensors in one as [batch, tokens, heads, {count}, width], not {s}.");
        return context.Add(Reshape.To([s[0], s[1], s[2] * s[4]]), context.Add(Slice.Range(3, index, index + 1), context.Input(input)));
    }
}
