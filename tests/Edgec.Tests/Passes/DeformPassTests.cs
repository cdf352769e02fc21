using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Passes;

/// <summary>What the passes on deformable convolutions change, and where they change nothing.</summary>
public sealed class DeformPassTests
{
    private static readonly DeformConv Plain = new(
        new([3, 3], [1, 1], [1, 1], [1, 1, 1, 1]), 1, 1, false, false, float.NegativeInfinity, float.PositiveInfinity, Activation.None, BiasThird: true, ChannelsLast: false);

    [Fact]
    public void Weights_of_rank_one_lose_nothing_in_either_order()
    {
        foreach (bool byInput in new[] { true, false })
        {
            var random = new Random(1);
            Tensor weights = Tensor.Zeros(ElementType.F32, [4, 3, 3, 3]), mix = RandomTensor.F32(random, 4, 3), taps = RandomTensor.F32(random, byInput ? 3 : 4, 9);
            for (int i = 0; i < weights.Count; i++)
            {
                (int m, int c, int t) = (i / 27, i / 9 % 3, i % 9);
                weights.Span<float>()[i] = mix.Span<float>()[m * 3 + c] * taps.Span<float>()[(byInput ? c : m) * 9 + t];
            }

            var bag = new DiagnosticBag();
            Graph before = Graph(Plain, weights), after = new DeformDepthwise().Run(before, new("m.onnx", bag));
            RandomInputs.AssertSameAnswer(before, after);
            Assert.Equal(byInput ? 3 : 4, after.Nodes.Select(n => n.Op).OfType<DeformConv>().Single().Groups);
            Assert.Contains("0.0 % of their norm", Assert.Single(bag.Items).Message);
        }
    }

    [Fact]
    public void What_other_weights_lose_is_said()
    {
        var bag = new DiagnosticBag();
        Graph graph = Graph(Plain, RandomTensor.F32(new Random(2), 4, 3, 3, 3));
        new DeformDepthwise().Run(graph, new("m.onnx", bag));
        Diagnostic note = Assert.Single(bag.Items);
        Assert.Equal(("EC2005", Severity.Note), (note.Code, note.Severity));
        Assert.DoesNotContain(" 0.0 %", note.Message);
    }

    // Offsets that are s times the grid have s as their fit, so nothing changes but what is cut off elsewhere.
    [Fact]
    public void A_grid_is_fitted_exactly()
    {
        var random = new Random(3);
        Tensor one = RandomTensor.F32(random, 1, 3, 1, 1), all = Tensor.Zeros(ElementType.F32, [18, 3, 1, 1]);
        for (int i = 0; i < all.Count; i++)
            all.Span<float>()[i] = one.Span<float>()[i % 3] * (i / 3 % 2 == 0 ? i / 6 / 3 - 1 : i / 6 % 3 - 1);
        Graph before = Graph(Plain, RandomTensor.F32(random, 4, 3, 3, 3), all), after = new DeformSquare().Run(before, new("m.onnx", new()));
        Assert.True(after.Nodes.Select(n => n.Op).OfType<DeformConv>().Single().Square);
        RandomInputs.AssertSameAnswer(before, after);
        Graph last = new ChannelsLast().Run(before, new("m.onnx", new()));
        RandomInputs.AssertSameAnswer(last, new DeformSquare().Run(last, new("m.onnx", new())));
    }

    [Fact]
    public void A_range_that_is_none_is_an_error()
    {
        var bag = new DiagnosticBag();
        PassList.Parse("deform-bound{range=0}", PassTable.All, bag);
        Assert.True(bag.HasErrors);
    }

    // %y = deform-conv(%x, #w, #b, conv(%x, #o)).
    private static Graph Graph(DeformConv op, Tensor weights, Tensor? offsets = null)
    {
        var origin = Origin.Of("node");
        Tensor o = offsets ?? RandomTensor.F32(new Random(9), 18, 3, 1, 1);
        return new(
            "t",
            Level.Canonical,
            ["x"],
            ["y"],
            [
                new("o", new Conv(new([1, 1], [1, 1], [1, 1], [0, 0, 0, 0]), 1, Activation.None, false), ["x", "wo"], ["o"], origin),
                new("y", op, ["x", "w", "b", "o"], ["y"], origin),
            ],
            ImmutableDictionary<string, Tensor>.Empty.Add("w", weights).Add("b", RandomTensor.F32(new Random(8), 4)).Add("wo", o),
            new Dictionary<string, TensorType>
            {
                ["x"] = TensorType.F32([1, 3, 5, 6]),
                ["o"] = TensorType.F32([1, 18, 5, 6]),
                ["y"] = TensorType.F32([1, 4, 5, 6]),
                ["w"] = TensorType.F32(weights.Shape),
                ["b"] = TensorType.F32([4]),
                ["wo"] = TensorType.F32(o.Shape),
            }.ToImmutableDictionary());
    }
}
