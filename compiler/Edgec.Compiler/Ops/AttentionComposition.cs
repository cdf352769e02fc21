using System.Collections.Immutable;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Attention as canonical nodes: a product, one factor, what is added, a softmax, a product. Where queries have more heads than keys and
/// values, the queries of heads that share keys become more rows of one head, so that nothing is repeated.
/// </summary>
/// <param name="element">Of all values.</param>
internal sealed class AttentionComposition(Canonicalizer context, ElementType element)
{
    private static readonly Binary Sum = new(BinaryFunction.Add, Activation.None), Product = new(BinaryFunction.Multiply, Activation.None);

    /// <summary>On the product of queries and keys.</summary>
    public required float Scale { get; init; }

    /// <summary>The scores' bound, through tanh; 0 for none.</summary>
    public float Softcap { get; init; }

    /// <summary>A constant that is added, or a value: float, or bool where false closes. Empty for none. Shapes broadcast to [Batch, Heads, Queries, Keys].</summary>
    public string Mask { get; init; } = "";

    /// <summary>Another value that is added to the scores, a float; empty for none.</summary>
    public string Bias { get; init; } = "";

    /// <summary>What stands for false in a mask of truths.</summary>
    public float Closed { get; init; } = float.NegativeInfinity;

    /// <summary>How many keys each batch has, i64 [Batch], of which the last is the last query's own; empty where all count.</summary>
    public string Keys { get; init; } = "";

    /// <summary>How many keys are before the first that only its own and later queries see; null if all queries see all.</summary>
    public int? Past { get; init; }

    /// <summary>[Batch, Tokens, Heads · Width] as [Batch, Heads, Tokens, Width].</summary>
    public string Heads(string x, int heads)
    {
        Shape s = context.TypeOf(x).Shape;
        if (s.Rank != 3 || heads < 1 || s[2] % heads != 0)
            throw OperatorException.Invalid($"Attention with {heads} heads cannot take {s}. It needs [batch, tokens, heads · width].");
        return context.Add(new Transpose([0, 2, 1, 3]), context.Add(Reshape.To([s[0], s[1], heads, s[2] / heads]), x));
    }

    /// <summary>The inverse of <see cref="Heads"/>.</summary>
    public string Joined(string x)
    {
        Shape s = context.TypeOf(x).Shape;
        return context.Add(Reshape.To([s[0], s[2], s[1] * s[3]]), context.Add(new Transpose([0, 2, 1, 3]), x));
    }

    /// <summary>Attention of queries, keys and values [Batch, Heads, Tokens, Width].</summary>
    /// <param name="steps">The scores as the product gives them, behind the bound, with what is added, and the probabilities: one of these for each.</param>
    public string Attend(string q, string k, string v, out ImmutableArray<string> steps)
    {
        Shape queries = context.TypeOf(q).Shape, keys = context.TypeOf(k).Shape, values = context.TypeOf(v).Shape;
        if (queries.Rank != 4 || keys.Rank != 4 || values.Rank != 4 || keys[1] == 0 || queries[1] % keys[1] != 0 || values[1] != keys[1]
            || queries[0] != keys[0] || values[0] != keys[0] || queries[3] != keys[3] || values[2] != keys[2])
            throw OperatorException.Invalid($"Attention of queries {queries} to keys {keys} and values {values}: batches, heads, tokens or widths do not fit.");
        Shape full = [queries[0], queries[1], queries[2], keys[2]];
        int share = queries[1] / keys[1];
        if (share > 1)
            q = context.Add(Reshape.To([queries[0], keys[1], share * queries[2], queries[3]]), q);
        string raw = Scaled(context.Add(new MatMul(false, Activation.None), q, context.Add(new Transpose([0, 1, 3, 2]), k)), Scale);
        string capped = Softcap > 0 ? Scaled(context.Add(new Unary(UnaryFunction.Tanh), Scaled(raw, 1 / Softcap)), Softcap) : raw;
        string masked = Masked(capped, full, share);
        string probabilities = context.Add(new Softmax(-1, Logarithm: false), masked);
        string y = context.Add(new MatMul(false, Activation.None), probabilities, v);
        steps = [.. new[] { raw, capped, masked, Opened(Open(probabilities, full, share), full, share) }.Select(value => Shaped(value, full))];
        return Shaped(Opened(Open(y, full, share), full, share), [queries[0], queries[1], queries[2], values[3]]);
    }

    private string Shaped(string value, Shape shape) => context.TypeOf(value).Shape == shape ? value : context.Add(Reshape.To(shape), value);

    private string Scaled(string value, float factor) => factor == 1 ? value : context.Add(Product, value, Number(factor));

    private string Number(float value) => context.AddConstant("number", Tensor.Scalar(value).ConvertTo(element));

    private string Masked(string scores, Shape full, int share)
    {
        if (Bias.Length > 0)
            scores = context.Add(Sum, scores, Grouped(Bias, full, share));
        if (Mask.Length == 0 || context.ConstantOf(Mask) is not null || MaskIsTruths)
        {
            if (Constant(full) is { } added)
                scores = context.Add(Sum, scores, context.AddConstant("mask", Grouped(added, full, share)));
        }
        else
        {
            scores = context.Add(Sum, scores, Grouped(Mask, full, share));
            if (Past is { } past && !HasTruths)
                scores = context.Add(Sum, scores, context.AddConstant("causal", Grouped(Causal(full[2], full[3], past).ConvertTo(element), full, share)));
        }

        return HasTruths ? context.Add(new Where(), Grouped(Truths(full), full, share), scores, Number(Closed)) : scores;
    }

    // A mask that says at run time what is open.
    private bool MaskIsTruths => Mask.Length > 0 && context.TypeOf(Mask).Element == ElementType.Bool && (Keys.Length > 0 || context.ConstantOf(Mask) is null);

    private bool HasTruths => Keys.Length > 0 || MaskIsTruths;

    // What is known of all that is added.
    private Tensor? Constant(Shape full)
    {
        if (HasTruths && (Mask.Length == 0 || MaskIsTruths))
            return null; // causality is among the truths
        Tensor? causal = Past is { } past && !HasTruths ? Causal(full[2], full[3], past) : null;
        if (context.ConstantOf(Mask) is not { } mask)
            return causal?.ConvertTo(element);
        if (mask.Element == ElementType.Bool)
            mask = new Where().Evaluate(new([mask, Tensor.Scalar(0f), Tensor.Scalar(Closed)], 1))[0];
        return (causal is null ? mask : Sum.Evaluate(new([mask.ToF32(), causal], 1))[0]).ConvertTo(element);
    }

    // The same at run time, of a mask of truths.
    private string Opened(string rows, Shape full, int share)
    {
        if (!HasTruths || !float.IsNegativeInfinity(Closed))
            return rows;
        string numbers = context.Add(new Cast(element), Truths(full)), any = context.Add(new Reduce(ReduceFunction.Maximum, [context.TypeOf(numbers).Shape.Rank - 1], KeepDims: true), numbers);
        string open = context.Add(new Cast(ElementType.Bool), any);
        return context.Add(new Where(), Grouped(open, [full[0], full[1], full[2], 1], share), rows, Number(0));
    }

    // A mask of truths with what is closed by causality and by the number of keys.
    private string Truths(Shape full)
    {
        string? truths = MaskIsTruths ? Mask : null;
        if (Keys.Length > 0)
            And(Counted(full));
        else if (Past is { } past)
            And(context.AddConstant("causal", Truths(Causal(full[2], full[3], past))));
        return truths!;

        void And(string other) => truths = truths is null ? other : context.Add(new Compare(CompareFunction.And), truths, other);
    }

    // A key is open if it is among those that there are, and where queries see earlier keys only, at most the query's own.
    private string Counted(Shape full)
    {
        if (context.TypeOf(Keys) is not { Element: ElementType.I64, Shape: [var batch] } || batch != full[0])
            throw OperatorException.Invalid($"Attention of {full[0]} batches cannot take {context.TypeOf(Keys)} as numbers of keys.");
        int queries = full[2], keys = full[3];
        long[] needed = [.. Enumerable.Range(0, queries * keys).Select(i => (long)Math.Max(i % keys + 1, Past is null ? 0 : i % keys - i / keys + queries))];
        return context.Add(
            new Compare(CompareFunction.LessOrEqual), context.AddConstant("needed", Tensor.Of([queries, keys], needed)), context.Add(Reshape.To([batch, 1, 1, 1]), Keys));
    }

    // Queries for which nothing is open give 0, where that is known.
    private string Open(string y, Shape full, int share)
    {
        if ((Mask.Length > 0 && context.ConstantOf(Mask) is null) || Constant(full) is not { } added)
            return y;
        Tensor highest = new Reduce(ReduceFunction.Maximum, [added.Shape.Rank - 1], KeepDims: true).Evaluate(new([added.ToF32()], 1))[0];
        bool[] open = [.. highest.Span<float>().ToArray().Select(value => !float.IsNegativeInfinity(value))];
        if (open.All(value => value))
            return y;
        Tensor rows = Grouped(Tensor.Of(highest.Shape, open), [full[0], full[1], full[2], 1], share);
        return context.Add(new Where(), context.AddConstant("open", rows), y, Number(0));
    }

    private static Tensor Causal(int queries, int keys, int past) => Tensor.Of<float>(
        [queries, keys], [.. Enumerable.Range(0, queries * keys).Select(i => i % keys <= i / keys + past ? 0 : float.NegativeInfinity)]);

    private static Tensor Truths(Tensor causal) => Tensor.Of(causal.Shape, [.. causal.Span<float>().ToArray().Select(value => value == 0)]);

    private static Tensor Grouped(Tensor mask, Shape full, int share) =>
        Moves(mask.Shape, full, share).Aggregate(mask, (value, move) => move.Evaluate(new([value], 1))[0]);

    private string Grouped(string mask, Shape full, int share) =>
        Moves(context.TypeOf(mask).Shape, full, share).Aggregate(mask, (value, move) => context.Add(move, value));

    // What brings a mask to the scores of queries that share keys: [Batch, Heads / share, share · Queries, Keys].
    private static IEnumerable<Operator> Moves(Shape own, Shape full, int share)
    {
        if (own.Rank > 4 || Extents.Broadcast(own, full) != full)
            throw OperatorException.Invalid($"Attention cannot add a mask {own} to scores {full}.");
        if (share == 1)
            yield break;
        Shape four = [.. Enumerable.Repeat(1, 4 - own.Rank), .. own];
        if (four[1] == 1 && four[2] == 1)
            yield break;
        int groups = four[1] == 1 ? 1 : full[1] / share;
        yield return Reshape.To([four[0], groups, four[1] == 1 ? 1 : share, four[2], four[3]]);
        yield return new Expand([four[0], groups, share, full[2], four[3]]);
        yield return Reshape.To([four[0], groups, share * full[2], four[3]]);
    }
}
