using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Evaluate.Assignment;
using Edgec.Evaluate.Sensitivity;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
using Xunit;

namespace Edgec.Tests.Evaluate.Assignment;

/// <summary>Channels of all layers in one order.</summary>
public sealed class ChannelChoicesTests
{
    // 15/14 lies half a step off the grid of its row, 1 on that of its.
    private const string Text = """
        graph @t canonical
          input %x : f32[1,1,1,2]
          %a = conv(%x, #wa) {kernel_shape=[1,1], channels_last=1} : f32[1,1,1,3] ; A
          %y = conv(%a, #wy) {kernel_shape=[1,1], channels_last=1} : f32[1,1,1,1] ; Y
          output %y
          const #wa : f32[3,1,1,2] = [7.0,1.0, 7.0,1.25, 3.25,7.0]
          const #wy : f32[1,1,1,3] = [1.0,2.0,3.0]
        """;

    private static readonly Graph Graph = GraphParser.Parse(Text, "t.ir", new DiagnosticBag())!;

    private static readonly WeightedLayer Layer = Assert.Single(ChannelChoices.Layers(Graph));

    [Fact]
    public void Salience_weighs_errors_by_the_squares_of_inputs()
    {
        var statistics = new LayerStatistics(1, 2);
        statistics.Add(0, [2, 1]);
        statistics.Add(0, [0, 3]);
        Assert.Equal([0, 0.0625 * 5, 0.0625 * 2], ChannelSalience.Of(Layer, statistics, 4));
        Assert.Equal([0, 0.0625, 0.0625], ChannelSalience.Of(Layer, null, 4));
    }

    [Fact]
    public void Between_narrow_and_wide_lie_the_most_salient_channels_first()
    {
        var statistics = new LayerStatistics(1, 2);
        statistics.Add(0, [1, 3]);
        var layer = new RankedLayer(Graph.Nodes[0], "A", LayerPrecision.W8A8, 3);
        LayerChoices whole = new(layer, [new(LayerPrecision.W8A8, 1, new(0, 0, null), 0), new(LayerPrecision.W4A8, 11, new(-3, 0, null), -3)]);
        LayerChoices mixed = ChannelChoices.Expand([whole], [Layer], new Dictionary<Node, LayerStatistics> { [Graph.Nodes[0]] = statistics })[0];
        Assert.Equal(["w8a8", "w4a8", "w4a8 wide 1", "w4a8 wide 1-2"], mixed.Options.Select(option => option.Precision.ToString()));
        Assert.Equal([1, 11, 2, 1], mixed.Options.Select(option => Math.Round(option.Noise, 9))); // 9 of 10 are channel 1's
        Assert.Equal([0, -3, -2, -1], mixed.Options.Select(option => option.Cost.WeightBytes));
        Assert.Equal([0, -3, -2, -1], mixed.Options.Select(option => option.Price));
    }
}
