using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Quantize.Channels;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Edgec.Tests.Backends;
using Edgec.Tests.Passes;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>Layers with output channels of 8 and of 4 bits: the same numbers, whole or in two.</summary>
public sealed class ChannelSplitTests
{
    private const string Text = """
        graph @t canonical
          input %x : f32[1,4,4,2]
          %a = conv(%x, #wa, #ba) {kernel_shape=[1,1], channels_last=1, activation=[0.0,6.0]} : f32[1,4,4,3] ; A
          %m = mul(%a, #k) : f32[1,4,4,3] ; M
          %b = conv(%m, #wb) {kernel_shape=[1,1], channels_last=1} : f32[1,4,4,2] ; B
          %c = conv(%x, #wc) {kernel_shape=[1,1], channels_last=1} : f32[1,4,4,2] ; C
          %s = add(%b, %c) : f32[1,4,4,2] ; S
          output %s
          const #wa : f32[3,1,1,2] = [1.0,0.5,-1.0,0.25,0.3,0.7]
          const #ba : f32[3] = [0.1,0.2,0.3]
          const #k : f32[3] = [1.0,2.0,3.0]
          const #wb : f32[2,1,1,3] = [1.0,0.5,-1.0,0.25,0.3,0.7]
          const #wc : f32[2,1,1,2] = [1.0,0.5,-1.0,0.25]
        """;

    private static readonly Graph Graph = GraphParser.Parse(Text, "t.ir", new DiagnosticBag())!;

    private static readonly Dictionary<string, ValueRange> Ranges =
        new[] { "x", "a", "m", "b", "c", "s" }.ToDictionary(value => value, _ => new ValueRange(-1, 1));

    [Fact]
    public void Wide_channels_come_first_and_what_reads_them_follows()
    {
        Graph typed = Quantized("layer A = w4a8 wide 2");
        Assert.Equal(["a_wide", "a_narrow", "a", "m", "b", "c", "s"], typed.Nodes.Select(node => node.Output));
        Assert.Equal((ElementType.I8, Shape.From([1, 1, 1, 2])), Constant(typed, "a_wide", 1));
        Assert.Equal((ElementType.I4, Shape.From([2, 1, 1, 2])), Constant(typed, "a_narrow", 1));
        Assert.Equal(typed.TypeOf("a").Quantization, typed.TypeOf("a_narrow").Quantization);
        Tensor factor = typed.ConstantOf(typed.Producer("m")!.Inputs[1])!;
        Assert.Equal([127, -43, 42], factor.Integers()); // 3, 1, 2
    }

    [Theory]
    [InlineData("B = w4a8 wide 0", "its channels cannot change places: add s meets them in the order of c")]
    [InlineData("C = w4a8 wide 0", "its channels cannot change places: add s meets them in the order of b")]
    [InlineData("A = w4a8 wide 1-3", "it has no channel 3: they end at 2")]
    [InlineData("A = w8a8 wide 1", "only where weights have 4 bits some can have 8")]
    [InlineData("A = w4a8 group 2 wide 1", "groups of weights and wide channels do not go together")]
    [InlineData("A = w4a8 wide 1\nlayer B = w4a8 group 2", "its channels cannot change places: the weights of b, which sums over them, have scales in groups")]
    public void What_cannot_be_split_says_why(string rules, string why)
    {
        Diagnostic fault = Assert.Single(Assert.Throws<DiagnosticException>(() => Quantized("layer " + rules)).Diagnostics);
        Assert.Equal("EC3033", fault.Code);
        Assert.Contains($", but {why}.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_all_of_whose_channels_are_wide_stays_whole() =>
        Assert.Equal(["a", "m", "b", "c", "s"], Quantized("layer A = w4a8 wide 0-2").Nodes.Select(node => node.Output));

    [Fact]
    public void Split_or_whole_the_integers_are_the_same()
    {
        int split = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            Graph canonical = RandomGraph.Of(seed);
            PrecisionPlan plan = RandomWidths.Of(BuiltBundle.Optimize(canonical), seed);
            Graph whole = BuiltBundle.Quantize(canonical, plan, split: false), parted = BuiltBundle.Quantize(canonical, plan);
            split += parted.Nodes.Count(node => node.Output.EndsWith("_narrow", StringComparison.Ordinal));
            Dictionary<string, Tensor> inputs = RandomInputs.For(canonical);
            var expected = Evaluator.Run(Planner.Plan(whole, new PlanOptions(), "t"), inputs);
            var actual = Evaluator.Run(Planner.Plan(parted, new PlanOptions(), "t"), inputs);
            Assert.All(canonical.Outputs, output => Assert.Equal(expected[output].Bytes, actual[output].Bytes));
        }

        Assert.InRange(split, 25, 1000);
    }

    [Fact]
    public void Split_in_float_the_answer_stays()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Graph optimized = BuiltBundle.Optimize(RandomGraph.Of(seed));
            var wide = RandomWidths.Of(optimized, seed).Rules.ToDictionary(rule => rule.Layers.ToString(), rule => rule.Precision.Wide!);
            var faults = new List<(string, string)>();
            Graph split = ChannelSplit.Run(optimized, wide, faults);
            Assert.Empty(faults);
            Assert.Equal(optimized.Nodes.Length + 2 * wide.Count, split.Nodes.Length);
            RandomInputs.AssertSameAnswer(optimized, split);
        }
    }

    private static Graph Quantized(string rules) =>
        Quantizer.Quantize(Graph, Ranges, PrecisionFile.Parse($"default = w8a8\n{rules}", "p"), new DiagnosticBag(), "t");

    private static (ElementType, Shape) Constant(Graph graph, string value, int input)
    {
        Tensor constant = graph.ConstantOf(graph.Producer(value)!.Inputs[input])!;
        return (constant.Element, constant.Shape);
    }
}
