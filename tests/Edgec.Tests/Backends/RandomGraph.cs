using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Tests.Backends;

/// <summary>Random float networks as an importer would hand them over: images [1,C,H,W], a dozen operators with odd extents, one to two outputs.</summary>
internal sealed class RandomGraph
{
    private readonly Random random;
    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, Tensor> constants = [];
    private readonly Dictionary<string, TensorType> types = [];
    private readonly List<string> images = [];

    private readonly bool processors;

    private RandomGraph(int seed, bool processors) => (random, this.processors) = (new(seed), processors);

    /// <summary>The canonical graph of a seed: the same on every machine.</summary>
    /// <param name="processors">With operators that FPGA targets refuse.</param>
    /// <param name="resizes">With images interpolated to extents that are no multiples of theirs.</param>
    /// <param name="selects">With normalisation, choices and selection at run time.</param>
    /// <param name="mixtures">With mixtures of experts at every pixel.</param>
    public static Graph Of(int seed, bool processors = false, bool resizes = false, bool mixtures = false, bool selects = false)
    {
        var graph = new RandomGraph(seed, processors);
        graph.types["x"] = TensorType.F32([1, graph.random.Next(1, 21), graph.random.Next(5, 14), graph.random.Next(5, 14)]);
        graph.images.Add("x");
        for (int i = 0; i < 10; i++)
        {
            graph.Grow();
            if (resizes && i % 4 == 0)
                graph.images.Add(graph.Interpolate(graph.images[^1]));
            if (selects && i % 2 == 0)
                graph.images.Add(graph.Select(graph.images[^1]));
            if (mixtures && i % 4 == 1)
                graph.images.Add(graph.Mix(graph.images[^1]));
        }

        string image = graph.images[^1];
        ImmutableArray<string> outputs = graph.random.Next(2) == 0 ? [graph.Head(image)] : [graph.Head(image), image];
        if (processors)
            outputs = outputs.Add(graph.Add(new ArgExtremum(Maximum: true, 1, KeepDims: true, Last: false), image));
        return new(
            $"random_{seed}", Level.Canonical, ["x"], outputs, [.. graph.nodes], graph.constants.ToImmutableDictionary(), graph.types.ToImmutableDictionary());
    }

    private void Grow()
    {
        string x = images[random.Next(Math.Max(0, images.Count - 3), images.Count)];
        Shape s = types[x].Shape;
        string y = random.Next(processors ? 22 : 15) switch
        {
            0 or 1 or 2 => Convolve(x, groups: 1),
            3 => Convolve(x, groups: s[1]),
            4 => Convolve(x, groups: s[1] % 2 == 0 ? 2 : 1),
            5 => Add(new MaxPool(Window(s, 2 + random.Next(2)), ChannelsLast: false, ColumnMajor: false), x),
            6 => Add(new AveragePool(Window(s, 2 + random.Next(2)), ChannelsLast: false, CountPadding: random.Next(2) == 0), x),
            7 => Add(new Unary(Functions[random.Next(Functions.Length)], Alpha: 0.2f, Beta: 1.2f), x),
            8 => Add(new Binary(random.Next(3) switch { 0 => BinaryFunction.Multiply, 1 => BinaryFunction.Subtract, _ => BinaryFunction.Add }, Activation.None), x, Add(new Unary(UnaryFunction.Sigmoid), x)),
            9 => Add(new Binary(BinaryFunction.Add, Activation.Relu), x, Partner(x)),
            10 => Add(new Concat(1), x, Partner(x)),
            11 => Add(new Binary(BinaryFunction.Multiply, Activation.None), x, Add(new Reduce(ReduceFunction.Mean, [2, 3], KeepDims: true), x)),
            15 or 16 => Normalize(x, random.Next(3) switch { 0 => 0, 1 => 1, _ => s[1] % 2 == 0 ? 2 : 1 }),
            14 => Add(new Binary(BinaryFunction.Prelu, Activation.None), x, Constant([s[1], 1, 1], 0.5f)),
            17 => Add(new Binary(BinaryFunction.Divide, Activation.Relu), x, Add(new Unary(UnaryFunction.Softplus), x)),
            18 => Add(new Binary(BinaryFunction.Add, Activation.None), Add(new Binary(BinaryFunction.Multiply, Activation.None), x, Constant([s[1], 1, 1], 2)), Constant([s[1], 1, 1], 1)),
            19 => Choose(x),
            20 => Add(new GatherElements(2), x, Add(new RankedIndices(2, s[2], Largest: random.Next(2) == 0), x)),
            21 => Scatter(x),
            12 => Add(new Pad([0, 0, 1, 0, 0, 0, 0, 2], "constant", 0), x),
            _ => Add(new Unary(UnaryFunction.Clip, 0, 6), x),
        };
        images.Add(y);
    }

    private static readonly UnaryFunction[] Functions =
        [UnaryFunction.Sigmoid, UnaryFunction.LeakyRelu, UnaryFunction.HardSwish, UnaryFunction.Swish, UnaryFunction.Tanh, UnaryFunction.Gelu, UnaryFunction.Elu];

    // Another image of the same shape, or one made by a 1x1 convolution.
    private string Partner(string x) =>
        images.LastOrDefault(other => other != x && types[other].Shape == types[x].Shape) ?? Convolve(x, 1, pointwise: true, channels: types[x].Shape[1]);

    private string Convolve(string x, int groups, bool pointwise = false, int? channels = null)
    {
        Shape s = types[x].Shape;
        int kernel = pointwise ? 1 : 1 + 2 * random.Next(2);
        int dilation = kernel == 3 && Math.Min(s[2], s[3]) > 6 ? 1 + random.Next(2) : 1;
        int stride = pointwise || Math.Min(s[2], s[3]) < 6 ? 1 : 1 + random.Next(2);
        int pad = kernel / 2 * dilation;
        int outputs = channels ?? (groups == s[1] ? s[1] * (1 + random.Next(2)) : groups * random.Next(1, 12));
        var window = new WindowAttributes([kernel, kernel], [stride, stride], [dilation, dilation], [pad, pad, pad, pad]);
        string weights = Constant([outputs, s[1] / groups, kernel, kernel], 1.5f / MathF.Sqrt(s[1] / groups * kernel * kernel));
        Activation activation = random.Next(2) == 0 ? Activation.Relu : Activation.None;
        return Add(new Conv(window, groups, activation, ChannelsLast: false), x, weights, Constant([outputs], 0.3f));
    }

    private string Normalize(string x, int groups)
    {
        int channels = types[x].Shape[1];
        return Add(new GroupNormalization(groups, 1e-3f), x, Constant([channels], 2), Constant([channels], 1));
    }

    private string Select(string x)
    {
        Shape s = types[x].Shape;
        return random.Next(4) switch
        {
            0 => Normalize(x, random.Next(3) switch { 0 => 0, 1 => 1, _ => s[1] % 2 == 0 ? 2 : 1 }),
            1 => Choose(x),
            2 => Add(new GatherElements(2), x, Add(new RankedIndices(2, s[2], Largest: random.Next(2) == 0), x)),
            _ => Scatter(x),
        };
    }

    // The greater of two values as one would write it by hand; the other is on a scale of its own.
    private string Choose(string x)
    {
        string other = Add(new Unary(UnaryFunction.Sigmoid), x);
        string condition = Add(new Compare(random.Next(2) == 0 ? CompareFunction.Greater : CompareFunction.LessOrEqual), x, random.Next(2) == 0 ? other : Constant([1], 0.5f));
        return Add(new Where(), condition, x, other);
    }

    // The best channels of each position squashed, the rest 0: what a dense mixture of experts does with its gate.
    private string Scatter(string x)
    {
        Shape s = types[x].Shape;
        string best = Add(new RankedIndices(1, random.Next(1, s[1] + 1), Largest: true), x);
        return Add(new ScatterElements(1, "none"), Constant(s, 0), best, Add(new Unary(UnaryFunction.Tanh), Add(new GatherElements(1), x, best)));
    }

    // A mixture of experts of two layers; the scores weigh a row for each choice.
    private string Mix(string x)
    {
        Shape s = types[x].Shape;
        int channels = s[1], experts = random.Next(1, 7), choices = random.Next(1, Math.Min(experts, 3) + 1), hidden = random.Next(1, 40);
        string rows = Add(new Transpose([0, 2, 3, 1]), x);
        string gates = Add(new Softmax(3, Logarithm: false), Add(new MatMul(TransposeB: true, Activation.None), rows, Constant([experts, channels], 2)));
        string best = Add(new RankedIndices(3, choices, Largest: true), gates), scores = Add(new GatherElements(3), gates, best);
        Activation activation = random.Next(2) == 0 ? Activation.Relu : Activation.None;
        string inner = Add(new ExpertMatMul(experts, activation, random.Next(2) == 0), rows, Constant([experts * hidden, channels], 1), Constant([experts * hidden], 0.3f), best);
        string outer = Add(new ExpertMatMul(experts, Activation.None, random.Next(2) == 0), Add(new Unary(UnaryFunction.Gelu), inner), Constant([experts * channels, hidden], 1), "", best);
        string sum = Add(new MatMul(TransposeB: false, Activation.None), Add(new Reshape([1, s[2], s[3], 1, choices]), scores), outer);
        return Add(new Transpose([0, 3, 1, 2]), Add(new Reshape([1, s[2], s[3], channels]), sum));
    }

    private string Interpolate(string x)
    {
        Shape s = types[x].Shape;
        string mode = random.Next(3) == 0 ? "cubic" : "linear", transformation = Transformations[random.Next(Transformations.Length)];
        int height = random.Next(4, 16), width = random.Next(4, 16);
        return Add(new Resize(ResizeSampling.Legacy(mode) with { Transformation = transformation }, [], [1, s[1], height + (height % s[2] == 0 ? 1 : 0), width], [], [], "stretch", false), x);
    }

    private static readonly string[] Transformations = ["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"];

    private WindowAttributes Window(Shape s, int kernel)
    {
        kernel = Math.Min(kernel, Math.Min(s[2], s[3]));
        int stride = Math.Min(s[2], s[3]) < 5 ? 1 : 1 + random.Next(2), pad = kernel > 2 ? 1 : 0;
        return new([kernel, kernel], [stride, stride], [1, 1], [pad, pad, pad, pad]);
    }

    // Global mean, a dense layer, softmax.
    private string Head(string image)
    {
        Shape s = types[image].Shape;
        string flat = Add(new Reshape([1, s[1]]), Add(new Reduce(ReduceFunction.Mean, [2, 3], KeepDims: true), image));
        int classes = random.Next(2, 20);
        string logits = Add(new MatMul(TransposeB: true, Activation.None), flat, Constant([classes, s[1]], 1), Constant([classes], 0.5f));
        return Add(new Softmax(1, Logarithm: processors && random.Next(2) == 0), logits);
    }

    private string Constant(Shape shape, float reach)
    {
        Tensor tensor = Tensor.Zeros(ElementType.F32, shape);
        foreach (ref float value in tensor.Span<float>())
            value = (random.NextSingle() * 2 - 1) * reach;
        string name = $"c{constants.Count}";
        constants[name] = tensor;
        types[name] = TensorType.F32(shape);
        return name;
    }

    private string Add(Operator op, params ImmutableArray<string> inputs)
    {
        string output = $"v{nodes.Count}";
        types[output] = op.Infer(new([.. inputs.Select(i => types.GetValueOrDefault(i))], [.. inputs.Select(i => constants.GetValueOrDefault(i))], 1))[0];
        nodes.Add(new(output, op, inputs, [output], Origin.Of(output)));
        return output;
    }
}
