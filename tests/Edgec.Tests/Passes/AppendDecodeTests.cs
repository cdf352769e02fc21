using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Targets;
using Edgec.Tests.Backends;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Passes;

/// <summary>The decoding of detectors inside the network against that of <c>evaluate --metric ap50</c> on the same maps.</summary>
public sealed class AppendDecodeTests
{
    private const int Stride = 4;

    [Theory]
    [InlineData(3, 9, 7, 20, 3)]
    [InlineData(2, 5, 6, 100, 2)]
    [InlineData(1, 1, 8, 5, 4)]
    [InlineData(4, 6, 1, 9, 3)]
    [InlineData(2, 4, 4, 40, 1)]
    [InlineData(5, 12, 12, 100, 50)]
    public void Finds_what_the_decoder_finds_ties_among_them(int classes, int height, int width, int top, int levels)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            Tensor heatmap = Tensor.Of([1, classes, height, width], [.. Enumerable.Range(0, classes * height * width).Select(_ => random.Next(levels) * 0.25f - 2)]);
            Tensor size = RandomTensor.F32(random, 1, 2, height, width), offset = RandomTensor.F32(random, 1, 2, height, width);
            Graph graph = Run(Maps(heatmap.Shape, size.Shape), new(Top: top, Stride: Stride));
            Assert.Equal(["boxes", "scores", "classes"], graph.Outputs);
            var values = new Dictionary<string, Tensor> { ["h"] = heatmap, ["w"] = size, ["r"] = offset };
            ImmutableDictionary<string, Tensor> results = GraphEvaluator.Evaluate(graph, values);
            AssertDecoded(CenterNetDecoder.Decode(heatmap, size, offset, Stride), heatmap, results["boxes"], results["scores"], results["classes"], top, _ => 1e-4);
        }
    }

    [Fact]
    public void Coordinates_of_integers_lie_within_their_rounding()
    {
        Graph typed = BuiltBundle.Quantize(Run(BuiltBundle.Optimize(Detector()), new(Top: 30)));
        Assert.All(typed.Nodes, node => Assert.NotEqual(ElementType.F32, typed.TypeOf(node.Output).Element));
        TensorType boxes = typed.TypeOf("boxes");
        Assert.Equal((ElementType.I16, ElementType.I8, ElementType.I64), (boxes.Element, typed.TypeOf("scores").Element, typed.TypeOf("classes").Element));
        string[] heads = [.. new[] { "heatmap", "wh", "reg" }.Select(name => typed.Nodes.Single(node => node.Op is Conv && node.Origin.Nodes.Contains(name)).Output)];
        TensorType[] types = [.. heads.Select(typed.TypeOf)];
        // Five roundings to 16 bits, and half a step of 8 bits where sizes and offsets are at the ends of their range.
        double steps = typed.Nodes.Where(node => node.Origin.Nodes.Contains(AppendDecode.Coordinates)).Select(node => typed.TypeOf(node.Output).Quantization!.Scale).Max();
        double bound = 4 * steps + Stride * (types[2].Quantization!.Scale / 2 + types[1].Quantization!.Scale / 4);
        Assert.InRange(bound, 0, 0.25);

        ModelPlan plan = Planner.Plan(typed.With(outputs: [.. typed.Outputs, .. heads]), new PlanOptions(), "test");
        int found = 0;
        for (int seed = 0; seed < 5; seed++)
        {
            ImmutableArray<Tensor> results = ReferenceRunner.Run(plan, [RandomTensor.I8(new Random(seed), 1, 3, 48, 64)]);
            Tensor[] real = [.. results.Select((value, i) => Boundary.ToReal(value, plan.Values[plan.Outputs[i]].Type))];
            Tensor[] maps = [.. real.Skip(3).Select(map => map.Transpose([0, 3, 1, 2]))];
            found += AssertDecoded(CenterNetDecoder.Decode(maps[0], maps[1], maps[2], Stride), maps[0], real[0], real[1], real[2], 30, _ => bound);
        }

        Assert.InRange(found, 50, 150);
    }

    [Theory]
    [InlineData("x86-64-v3")]
    [InlineData("cortex-a72")]
    [InlineData("csharp")]
    [InlineData("ultra96")]
    public void Every_layer_is_equal(string target)
    {
        Graph typed = BuiltBundle.QuantizeOptimized(Run(BuiltBundle.Optimize(Detector()), new(Top: 10)));
        Assert.Empty(BuiltBundle.Compare(typed, TargetCatalog.Load(target)).Where(layer => !layer.Passed).Select(layer => $"{layer.Name}: {layer.First}"));
    }

    /// <returns>How many objects were compared.</returns>
    private static int AssertDecoded(
        ImmutableArray<Detection> expected, Tensor heatmap, Tensor boxes, Tensor scores, Tensor classes, int top, Func<int, double> bound)
    {
        float lowest = heatmap.Span<float>().ToArray().Min();
        int count = scores.Count;
        Assert.Equal(Math.Min(top, heatmap.Count), count);
        Assert.Equal(Shape.From([1, count, 4]), boxes.Shape);
        // What has the lowest score of all may as well be no object.
        Detection[] sure = [.. expected.Where(found => found.Score > 1 / (1 + MathF.Exp(-lowest))).Take(count)];
        for (int i = 0; i < sure.Length; i++)
        {
            Assert.Equal(sure[i].Score, 1 / (1 + MathF.Exp(-scores.Span<float>()[i])));
            Assert.Equal(sure[i].Class, classes.Integer(i));
            float[] box = [sure[i].Box.X0, sure[i].Box.Y0, sure[i].Box.X1, sure[i].Box.Y1];
            for (int k = 0; k < 4; k++)
                Assert.InRange(boxes.Number(4 * i + k) - box[k], -bound(i), bound(i));
        }

        for (int i = sure.Length; i < count; i++)
            Assert.Equal(lowest, scores.Span<float>()[i]);
        return sure.Length;
    }

    private static Graph Run(Graph graph, AppendDecode pass) => Pipeline.Create(Level.Canonical, pass).Run(graph, new("test", new()));

    // The maps as they come.
    private static Graph Maps(Shape heatmap, Shape size) => Build(
        [("h", heatmap), ("w", size), ("r", size)], [],
        [("heatmap", new Unary(UnaryFunction.Clip, -50, 50), ["h"]), ("wh", new Unary(UnaryFunction.Clip, -50, 50), ["w"]), ("reg", new Unary(UnaryFunction.Clip, -50, 50), ["r"])],
        ["heatmap", "wh", "reg"]);

    // A convolution of stride 4 and three heads; the model's outputs are in another order.
    private static Graph Detector()
    {
        var random = new Random(4);
        Tensor Weights(float reach, params int[] extents) => Tensor.Of(Shape.Create(extents), [.. RandomTensor.F32(random, extents).Span<float>().ToArray().Select(value => value * reach)]);
        Conv Convolution(int kernel, int stride, Activation activation) =>
            new(new WindowAttributes([kernel, kernel], [stride, stride], [1, 1], [kernel / 2, kernel / 2, kernel / 2 - (stride - 1) / 2, kernel / 2 - (stride - 1) / 2]), 1, activation, ChannelsLast: false);
        return Build(
            [("x", [1, 3, 48, 64])],
            new() { ["a"] = Weights(0.1f, 8, 3, 5, 5), ["b"] = Weights(0.3f, 3, 8, 3, 3), ["c"] = Weights(0.15f, 2, 8, 1, 1), ["d"] = Weights(0.1f, 2, 8, 1, 1) },
            [
                ("f", Convolution(5, 4, Activation.Relu), ["x", "a"]), ("heatmap", Convolution(3, 1, Activation.None), ["f", "b"]),
                ("wh", Convolution(1, 1, Activation.None), ["f", "c"]), ("reg", Convolution(1, 1, Activation.None), ["f", "d"]),
            ],
            ["reg", "heatmap", "wh"]);
    }

    private static Graph Build(
        (string Name, Shape Shape)[] inputs, Dictionary<string, Tensor> constants, (string Name, Operator Op, ImmutableArray<string> Inputs)[] nodes, ImmutableArray<string> outputs)
    {
        Dictionary<string, TensorType> types = inputs.ToDictionary(input => input.Name, input => TensorType.F32(input.Shape));
        foreach ((string name, Tensor value) in constants)
            types[name] = TensorType.F32(value.Shape);
        foreach ((string name, Operator op, ImmutableArray<string> operands) in nodes)
            types[name] = op.Infer(new([.. operands.Select(i => types[i])], [.. operands.Select(constants.GetValueOrDefault)], 1))[0];
        return new(
            "detector", Level.Canonical, [.. inputs.Select(input => input.Name)], outputs, [.. nodes.Select(node => new Node(node.Name, node.Op, node.Inputs, [node.Name], Origin.Of(node.Name)))],
            constants.ToImmutableDictionary(), types.ToImmutableDictionary());
    }
}
