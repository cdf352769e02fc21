using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Tests.Backends;

/// <summary>
/// Random float networks of attention between tokens as exporters write it: heads by reshape and transpose, a factor on queries, on keys,
/// on both or on the scores, and added to these nothing, a mask for all rows, relative positions by head, masks by window, or both; or a mask that is
/// computed, numbers that are added or a condition that chooses, perhaps with a constant beside it.
/// </summary>
internal sealed class RandomAttentionGraph(int seed)
{
    private readonly Random random = new(seed);
    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, Tensor> constants = [];
    private readonly Dictionary<string, TensorType> types = [];

    /// <summary>How often attention is computed.</summary>
    public const int Layers = 3;

    /// <summary>The canonical graph of a seed: the same on every machine.</summary>
    public static Graph Of(int seed)
    {
        var graph = new RandomAttentionGraph(seed);
        int windows = graph.random.Next(1, 4), tokens = graph.random.Next(2, 12), heads = graph.random.Next(1, 4);
        graph.types["x"] = TensorType.F32([windows, tokens, heads * graph.random.Next(1, 9)]);
        string x = "x";
        for (int i = 0; i < Layers; i++)
            x = graph.Add(new Binary(BinaryFunction.Add, Activation.None), x, graph.Attend(x, heads));
        return new(
            $"random_attention_{seed}", Level.Canonical, ["x"], [x], [.. graph.nodes], graph.constants.ToImmutableDictionary(), graph.types.ToImmutableDictionary());
    }

    private string Attend(string x, int heads)
    {
        Shape s = types[x].Shape;
        int windows = s[0], tokens = s[1], channels = s[2], each = channels / heads;
        string q = Heads(x, heads), k = Heads(x, heads), v = Heads(x, heads);
        int form = random.Next(4);
        float factor = 1 / MathF.Sqrt(each);
        if (form is 0 or 1)
            q = Scaled(q, form == 0 ? factor : MathF.Sqrt(factor));
        if (form == 1)
            k = Scaled(k, MathF.Sqrt(factor));
        string scores = Add(new MatMul(false, Activation.None), q, Add(new Transpose([0, 1, 3, 2]), k));
        if (form == 2)
            scores = Scaled(scores, factor);
        int added = random.Next(8);
        if (added is 1 or 3)
            scores = Add(new Binary(BinaryFunction.Add, Activation.None), scores, Constant([heads, tokens, tokens], 1));
        if (added == 2)
            scores = Add(new Binary(random.Next(2) == 0 ? BinaryFunction.Add : BinaryFunction.Subtract, Activation.None), scores, Constant([tokens], 1));
        if (added is 3 or 4)
        {
            string split = Add(new Reshape([1, windows, heads, tokens, tokens]), scores);
            split = Add(new Binary(BinaryFunction.Add, Activation.None), split, Mask([1, windows, 1, tokens, tokens]));
            scores = Add(new Reshape([windows, heads, tokens, tokens]), split);
        }

        if (added == 5)
            scores = Add(new Where(), Add(new Compare(CompareFunction.Greater), Column(x, [windows, 1, 1, tokens]), Constant([], 0)), scores, Number(random.Next(2) == 0 ? -1e9f : float.NegativeInfinity));
        if (added is 6 or 7)
        {
            string mask = Add(new Unary(UnaryFunction.Clip, -10_000, 0), Scaled(Column(x, added == 6 ? [windows, 1, 1, tokens] : [windows, 1, tokens, 1]), 10_000));
            if (added == 7)
                mask = Add(new Transpose([0, 1, 3, 2]), mask);
            scores = Add(new Binary(BinaryFunction.Add, Activation.None), scores, mask);
            if (added == 7)
                scores = Add(new Binary(BinaryFunction.Add, Activation.None), scores, Mask([tokens, tokens]));
        }

        string y = Add(new MatMul(false, Activation.None), Add(new Softmax(-1, Logarithm: false), scores), v);
        y = Add(new Reshape([windows, tokens, channels]), Add(new Transpose([0, 2, 1, 3]), y));
        return Add(new MatMul(TransposeB: true, Activation.None), y, Constant([channels, channels], 1), Constant([channels], 0.3f));
    }

    // [windows, tokens, channels] as [windows, heads, tokens, channels of one].
    private string Heads(string x, int heads)
    {
        Shape s = types[x].Shape;
        string y = Add(new MatMul(TransposeB: true, Activation.None), x, Constant([s[2], s[2]], 1.5f), Constant([s[2]], 0.3f));
        return Add(new Transpose([0, 2, 1, 3]), Add(new Reshape([s[0], s[1], heads, s[2] / heads]), y));
    }

    // A number for each token.
    private string Column(string x, Shape shape) => Add(Reshape.To(shape), Add(new Slice([0], [1], [2], [1]), x));

    private string Number(float value)
    {
        string name = Constant([], 0);
        constants[name].Span<float>()[0] = value;
        return name;
    }

    private string Scaled(string x, float factor)
    {
        return Add(new Binary(BinaryFunction.Multiply, Activation.None), x, Number(factor));
    }

    // Closes some positions, never the first.
    private string Mask(Shape shape)
    {
        string name = Constant(shape, 0);
        Span<float> values = constants[name].Span<float>();
        for (int i = 0; i < values.Length; i++)
            values[i] = i % shape[^1] > 0 && random.Next(3) == 0 ? -100 : 0;
        return name;
    }

    private string Constant(Shape shape, float reach)
    {
        Tensor tensor = Tensor.Zeros(ElementType.F32, shape);
        foreach (ref float value in tensor.Span<float>())
            value = (random.NextSingle() * 2 - 1) * reach;
        string name = $"c{constants.Count}";
        (constants[name], types[name]) = (tensor, TensorType.F32(shape));
        return name;
    }

    private string Add(Operator op, params ImmutableArray<string> inputs)
    {
        string output = $"v{nodes.Count}";
        types[output] = op.Infer(new([.. inputs.Select(i => types[i])], [.. inputs.Select(i => constants.GetValueOrDefault(i))], 1))[0];
        nodes.Add(new(output, op, inputs, [output], Origin.Of(output)));
        return output;
    }
}
