using System.Collections.Immutable;
using System.Numerics;
using Edgec.Data;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Backends;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>Selection at run time in integers: what is compared keeps its scale, what is moved shares one, indices and conditions stay as they are.</summary>
public sealed class SelectionTests
{
    private static readonly Binary Multiply = new(BinaryFunction.Multiply, Activation.None);

    [Fact]
    public void Scaled_integers_are_ordered_as_the_numbers_they_stand_for()
    {
        var random = new Random(1);
        float[] edges = [1, 0.5f, 1e-12f, 3e8f, 1 / 255f, float.BitIncrement(1), 0.1f, 0.3f];
        for (int i = 0; i < 20_000; i++)
        {
            float a = Scale(i), b = random.Next(3) == 0 ? MathF.BitIncrement(a) : Scale(i + 1);
            (long p, long q) = ScaleRatio.Of(a, b);
            Assert.InRange(p, 1, (1L << 41) - 1);
            Assert.InRange(q, 1, (1L << 41) - 1);
            long x = random.Next(-65536, 65537), y = random.Next(2) == 0 ? random.Next(-65536, 65537) : Math.Clamp((long)Math.Round(x * (double)a / b), -65536, 65536);
            Assert.Equal((Exact(a) * x).CompareTo(Exact(b) * y), (x * p).CompareTo(y * q));
        }

        float Scale(int i) => i % 4 == 0 ? edges[random.Next(edges.Length)] : MathF.Pow(2, random.Next(-40, 20)) * (1 + random.NextSingle());

        // In units of 2^-149, the least number of single precision.
        static BigInteger Exact(float scale) => new(Math.ScaleB((double)scale, 149));
    }

    [Fact]
    public void A_dense_mixture_of_experts_computes_in_integers()
    {
        Graph typed = BuiltBundle.Quantize(Mixture());
        Assert.All(typed.Nodes, node => Assert.NotEqual(ElementType.F32, typed.TypeOf(node.Output).Element));
        TensorType Of<T>() => typed.TypeOf(typed.Nodes.Single(node => node.Op is T).Output);
        Assert.Equal(ElementType.I64, Of<RankedIndices>().Element);
        Assert.Equal(Of<GatherElements>().Quantization, Of<ScatterElements>().Quantization);
        Assert.Equal(typed.TypeOf(typed.Nodes.Single(node => node.Op is RankedIndices).Inputs[0]).Quantization, Of<GatherElements>().Quantization);
    }

    [Theory]
    [InlineData(CompareFunction.Greater, 0.25f)]
    [InlineData(CompareFunction.LessOrEqual, -0.7f)]
    [InlineData(CompareFunction.Equal, 0)]
    [InlineData(CompareFunction.Less, float.PositiveInfinity)]
    public void A_comparison_with_a_constant_is_exact(CompareFunction function, float threshold)
    {
        Graph typed = Quantize(
            new Dictionary<string, Tensor> { ["t"] = Tensor.Scalar(threshold) }, new(-1, 1),
            new Node("c", new Compare(function), ["x", "t"], ["c"], Origin.Of("c")));
        Tensor all = Tensor.Of([256], [.. Enumerable.Range(-128, 256).Select(q => (sbyte)q)]);
        Quantization scale = typed.TypeOf("x").Quantization!;
        ImmutableDictionary<string, Tensor> results = Run(typed, all);
        for (int i = 0; i < 256; i++)
        {
            double real = scale.Scale * (i - 128 - scale.Zero);
            bool holds = function switch { CompareFunction.Greater => real > threshold, CompareFunction.LessOrEqual => real <= threshold, CompareFunction.Equal => real == threshold, _ => real < threshold };
            Assert.Equal(holds ? 1 : 0, results["c"].Integer(i));
        }
    }

    [Fact]
    public void A_table_is_held_whole_whatever_calibration_saw()
    {
        Tensor table = Tensor.Of<float>([4, 2], [0.5f, -0.25f, 8, -4, 1, 0, 0.125f, 0.25f]);
        var graph = new Graph(
            "embedding", Level.Canonical, ["i"], ["y"], [new Node("y", new Gather(0), ["table", "i"], ["y"], Origin.Of("y"))],
            ImmutableDictionary<string, Tensor>.Empty.Add("table", table),
            ImmutableDictionary<string, TensorType>.Empty.Add("i", new(ElementType.I64, [3])).Add("table", TensorType.F32([4, 2])).Add("y", TensorType.F32([3, 2])));
        Graph typed = BuiltBundle.Quantize(graph);
        TensorType y = typed.TypeOf("y");
        Assert.Equal(ElementType.I8, y.Element);
        Tensor real = Boundary.ToReal(Run(typed, Tensor.Of<long>([3], [1, -1, 99]))["y"], y);
        Assert.All(new float[] { 8, -4, 0.125f, 0.25f, 0.125f, 0.25f }.Select((value, i) => Math.Abs(value - real.Span<float>()[i])), error => Assert.InRange(error, 0, y.Quantization!.Scale / 2 + 1e-6));
    }

    [Fact]
    public void Noise_indexes_what_is_there()
    {
        Graph graph = new(
            "lookup", Level.Canonical, ["i", "j"], ["y"],
            [new Node("k", new Reshape([2, 20]), ["i"], ["k"], Origin.None), new Node("y", new Gather(0), ["table", "k"], ["y"], Origin.None)],
            ImmutableDictionary<string, Tensor>.Empty.Add("table", Tensor.Zeros(ElementType.F32, [7, 2])),
            ImmutableDictionary<string, TensorType>.Empty.Add("i", new(ElementType.I32, [40])).Add("j", new(ElementType.I64, [40]))
                .Add("table", TensorType.F32([7, 2])).Add("k", new(ElementType.I32, [2, 20])).Add("y", TensorType.F32([2, 20, 2])));
        IReadOnlyDictionary<string, Tensor> sample = DataSet.Noise(DataInput.Of(graph), 1, 3).Sample(0);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], sample["i"].Integers().Distinct().Order());
        Assert.Equal([0, 1], sample["j"].Integers().Distinct().Order());
    }

    private static ImmutableDictionary<string, Tensor> Run(Graph typed, Tensor input) => SingleNode(typed, input).ToImmutableDictionary();

    private static Dictionary<string, Tensor> SingleNode(Graph typed, Tensor input)
    {
        ImmutableArray<Tensor> outputs = Ops.SingleNode.RunKernels(typed, new Dictionary<string, Tensor> { [typed.Inputs[0]] = input });
        return typed.Outputs.Zip(outputs).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private static Graph Quantize(Dictionary<string, Tensor> constants, ValueRange range, Node node)
    {
        var graph = new Graph(
            "compare", Level.Canonical, ["x"], [node.Output], [node], constants.ToImmutableDictionary(),
            constants.ToImmutableDictionary(c => c.Key, c => new TensorType(c.Value.Element, c.Value.Shape)).Add("x", TensorType.F32([256])).Add(node.Output, new(ElementType.Bool, [256])));
        return Quantizer.Quantize(graph, new Dictionary<string, ValueRange> { ["x"] = range }, Edgec.Quantize.Precision.PrecisionPlan.W8A8, new(), "test");
    }

    // Gate, the two best of six, their scores in a mask of zeros, times something of every expert.
    private static Graph Mixture()
    {
        var nodes = new List<Node>();
        var constants = new Dictionary<string, Tensor> { ["gate"] = RandomTensor.F32(new Random(2), 6, 8), ["zeros"] = Tensor.Zeros(ElementType.F32, [5, 6]), ["experts"] = RandomTensor.F32(new Random(3), 6, 8) };
        var types = constants.ToDictionary(c => c.Key, c => new TensorType(c.Value.Element, c.Value.Shape));
        types["x"] = TensorType.F32([5, 8]);
        string scores = Add("scores", new Softmax(1, false), Add("logits", new MatMul(TransposeB: true, Activation.None), "x", "gate"));
        string best = Add("best", new RankedIndices(1, 2, true), scores);
        string mask = Add("mask", new ScatterElements(1, "none"), "zeros", best, Add("chosen", new GatherElements(1), scores, best));
        Add("y", Multiply, mask, Add("each", new MatMul(TransposeB: true, Activation.None), "x", "experts"));
        return new("mixture", Level.Canonical, ["x"], ["y"], [.. nodes], constants.ToImmutableDictionary(), types.ToImmutableDictionary());

        string Add(string name, Operator op, params ImmutableArray<string> inputs)
        {
            types[name] = op.Infer(new([.. inputs.Select(i => types[i])], [.. inputs.Select(i => constants.GetValueOrDefault(i))], 1))[0];
            nodes.Add(new(name, op, inputs, [name], Origin.Of(name)));
            return name;
        }
    }
}
