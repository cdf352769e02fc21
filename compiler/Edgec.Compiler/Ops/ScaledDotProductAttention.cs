using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// ONNX's Attention (opset 23, 24): inputs queries, keys, values of three axes [Batch, Tokens, Heads · Width] or four [Batch, Heads,
/// Tokens, Width], an optional mask, keys and values of the past or the number of keys of each batch; outputs the result, all keys and values, and a
/// step of the scores.
/// A query for which a mask closes all keys gives 0; only one of real numbers that comes at run time must leave each query a key.
/// </summary>
/// <param name="Scale">0 for 1/√width.</param>
/// <param name="Step">Which step of the scores output 3 is: 0 scaled, 1 bounded, 2 masked, 3 the probabilities.</param>
public sealed record ScaledDotProductAttention(bool Causal, int QueryHeads, int KeyHeads, float Scale, float Softcap, int Step) : Composition
{
    public static readonly OpDef Def = new("scaled-dot-product-attention", "Attention", Read);

    public override string Name => "scaled-dot-product-attention";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
    [
        .. Causal ? [("is_causal", true)] : Array.Empty<(string, AttributeValue)>(),
        .. QueryHeads == 0 ? Array.Empty<(string, AttributeValue)>() : [("q_num_heads", QueryHeads)],
        .. KeyHeads == 0 ? Array.Empty<(string, AttributeValue)>() : [("kv_num_heads", KeyHeads)],
        .. Scale == 0 ? Array.Empty<(string, AttributeValue)>() : [("scale", Scale)],
        .. Softcap == 0 ? Array.Empty<(string, AttributeValue)>() : [("softcap", Softcap)],
        .. Step == 0 ? Array.Empty<(string, AttributeValue)>() : [("qk_matmul_output_mode", Step)],
    ];

    private const int MaskInput = 3, PastKeys = 4, PastValues = 5, KeyCounts = 6;

    private protected override string Compose(Canonicalizer context) => ComposeAll(context)[0];

    private protected override ImmutableArray<string> ComposeAll(Canonicalizer context)
    {
        if (context.Has(KeyCounts) && context.Has(PastKeys))
            throw OperatorException.Invalid("Attention has numbers of keys (nonpad_kv_seqlen) where all of them are given, so none of the past. Leave out one.");
        ElementType element = context.Type(0).Element;
        if (!element.IsFloat())
            throw OperatorException.Invalid($"Attention needs float inputs, not {element.Text()}. Cast them.");
        bool joined = context.Shape(0).Rank == 3;
        int width = joined && QueryHeads > 0 ? context.Shape(0)[2] / QueryHeads : context.Shape(0)[^1];
        var shaper = new AttentionComposition(context, element) { Scale = 1 };
        string q = joined ? shaper.Heads(context.Input(0), QueryHeads) : context.Input(0);
        string k = Following(context, joined ? shaper.Heads(context.Input(1), KeyHeads) : context.Input(1), PastKeys);
        string v = Following(context, joined ? shaper.Heads(context.Input(2), KeyHeads) : context.Input(2), PastValues);
        var attention = new AttentionComposition(context, element)
        {
            Scale = Scale == 0 ? 1 / MathF.Sqrt(width) : Scale,
            Softcap = Softcap,
            Mask = context.Has(MaskInput) ? Padded(context, context.TypeOf(k).Shape[2]) : "",
            Keys = context.Has(KeyCounts) ? context.Input(KeyCounts) : "",
            Past = Causal ? (context.Has(PastKeys) ? context.Shape(PastKeys)[2] : 0) : null,
        };
        string y = attention.Attend(q, k, v, out ImmutableArray<string> steps);
        string[] all = [joined ? shaper.Joined(y) : y, k, v, steps[Step]];
        return [.. all.Take(context.Outputs)];
    }

    // The keys or values of the past, then these.
    private static string Following(Canonicalizer context, string value, int past) =>
        context.Has(past) ? context.Add(new Concat(2), context.Input(past), value) : value;

    // A mask may end before the keys do: what is left is closed.
    private static string Padded(Canonicalizer context, int keys)
    {
        Shape shape = context.Shape(MaskInput);
        if (shape.Rank == 0 || shape[^1] >= keys || shape[^1] == 1)
            return context.Input(MaskInput);
        bool truths = context.Type(MaskInput).Element == ElementType.Bool;
        var pad = new Pad([.. new int[2 * shape.Rank - 1], keys - shape[^1]], "constant", truths ? 0 : float.NegativeInfinity);
        return context.Constant(MaskInput) is { } mask
            ? context.AddConstant("padded", pad.Evaluate(new([mask], 1))[0])
            : context.Add(pad, context.Input(MaskInput));
    }

    private static ScaledDotProductAttention Read(AttributeReader a)
    {
        a.Has("softmax_precision"); // the softmax is computed in single precision, or in integers
        int step = a.Int("qk_matmul_output_mode", 0);
        if (step is < 0 or > 3)
            throw OperatorException.Invalid($"Attention has no qk_matmul_output_mode {step}. It is 0 to 3.");
        return new(a.Flag("is_causal"), a.Int("q_num_heads", 0), a.Int("kv_num_heads", 0), a.Float("scale", 0), a.Float("softcap", 0), step);
    }
}
