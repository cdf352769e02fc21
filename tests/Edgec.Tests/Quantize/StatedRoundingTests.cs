using Edgec.Ir;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>Which profile a network brings by what it states.</summary>
public sealed class StatedRoundingTests
{
    private const string Head = "graph @t canonical\n  input %x : f32[1,4]\n";

    [Theory]
    [InlineData("%y = relu(%x) : f32[1,4]", RoundingProfile.Single)]
    [InlineData("%y = fake-quantize(%x) {scale=[0.5], zero=[0], lo=-128, hi=127} : f32[1,4]", RoundingProfile.Onnx)]
    [InlineData("%y = fake-quantize(%x) {scale=[0.5], zero=[0], lo=-128, hi=127, rounding=\"half-up\"} : f32[1,4]", RoundingProfile.Single)]
    public void Ties_go_to_even_where_the_model_says_so(string node, RoundingProfile expected)
    {
        Graph graph = StatedNetworks.Parse($"{Head}  {node}\n  output %y\n\n");
        Assert.Equal(expected, Quantized(graph).Rounding);
    }

    [Fact]
    public void Beside_stated_sums_a_network_stays_single()
    {
        Assert.Equal(RoundingProfile.Single, StatedNetworks.Typed(StatedNetworks.Integers(0)).Rounding);
    }

    private static Graph Quantized(Graph graph) => Quantizer.Quantize(
        graph, new Dictionary<string, ValueRange> { ["x"] = new(-1, 1), ["y"] = new(0, 1) }, PrecisionPlan.W8A8, new(), "t.onnx");
}
