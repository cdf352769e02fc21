using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Tests.Backends;

/// <summary>
/// Random float networks of three deformable convolutions: their offsets come from convolutions before, are free or square, bounded or not,
/// rounded or not. With masks, these come from convolutions too, behind a sigmoid, twice one or a clip.
/// </summary>
internal sealed class RandomDeformGraph(int seed, bool masked)
{
    private readonly Random random = new(seed);
    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, Tensor> constants = [];
    private readonly Dictionary<string, TensorType> types = [];

    /// <summary>The canonical graph of a seed: the same on every machine.</summary>
    public static Graph Of(int seed, bool masked = false)
    {
        var graph = new RandomDeformGraph(seed, masked);
        graph.types["x"] = TensorType.F32([1, 3, graph.random.Next(8, 22), graph.random.Next(5, 12)]);
        string image = graph.Convolve("x", 2 * graph.random.Next(2, 12), 1.5f);
        for (int i = 0; i < 3; i++)
            image = graph.Deform(image);
        return new(
            $"random_deform_{seed}", Level.Canonical, ["x"], [image], [.. graph.nodes], graph.constants.ToImmutableDictionary(), graph.types.ToImmutableDictionary());
    }

    private string Deform(string x)
    {
        int channels = types[x].Shape[1], offsetGroups = 1 + random.Next(2);
        bool square = random.Next(2) == 0, rounded = random.Next(2) == 0;
        (float lo, float hi) = random.Next(3) == 0 ? (float.NegativeInfinity, float.PositiveInfinity) : (-random.Next(0, 4), random.Next(1, 4));
        int groups = random.Next(3) switch { 0 => 1, 1 => 2, _ => channels }, outputs = groups == channels ? channels : 2 * random.Next(2, 12);
        // Offsets stay within 8 pixels, so that they have 8 bits.
        string offsets = Add(new Unary(UnaryFunction.Tanh), Convolve(x, offsetGroups * (square ? 1 : 18), 3));
        offsets = Add(new Binary(BinaryFunction.Multiply, Activation.None), offsets, Scalar(random.Next(2, 7)));
        var op = new DeformConv(
            new([3, 3], [1, 1], [1, 1], [1, 1, 1, 1]), groups, offsetGroups, rounded, square, lo, hi,
            random.Next(2) == 0 ? Activation.Relu : Activation.None, BiasThird: true, ChannelsLast: false);
        string weights = Constant([outputs, channels / groups, 3, 3], 3 / MathF.Sqrt(channels / groups * 9)), bias = Constant([outputs], 0.3f);
        return masked ? Add(op, x, weights, bias, offsets, Mask(x, 9 * offsetGroups)) : Add(op, x, weights, bias, offsets);
    }

    private string Mask(string x, int factors)
    {
        string scores = Convolve(x, factors, 3);
        return random.Next(3) switch
        {
            0 => Add(new Unary(UnaryFunction.Clip, 0, 1), scores),
            1 => Add(new Binary(BinaryFunction.Multiply, Activation.None), Add(new Unary(UnaryFunction.Sigmoid), scores), Scalar(2)),
            _ => Add(new Unary(UnaryFunction.Sigmoid), scores),
        };
    }

    private string Convolve(string x, int outputs, float reach)
    {
        int channels = types[x].Shape[1];
        var window = new WindowAttributes([1, 1], [1, 1], [1, 1], [0, 0, 0, 0]);
        return Add(new Conv(window, 1, Activation.None, ChannelsLast: false), x, Constant([outputs, channels, 1, 1], reach / MathF.Sqrt(channels)), Constant([outputs], 0.3f));
    }

    private string Scalar(float value)
    {
        string name = Constant([], 0);
        constants[name].Span<float>()[0] = value;
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
