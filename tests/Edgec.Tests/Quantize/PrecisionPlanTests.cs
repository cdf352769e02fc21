using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>Plans applied to graphs.</summary>
public sealed class PrecisionPlanTests
{
    // Two convolutions side by side behind the first one, joined, then the last one.
    private const string Text = """
        graph @t canonical
          input %x : f32[1,4,4,2]
          %a = conv(%x, #wa) {kernel_shape=[1,1], channels_last=1} : f32[1,4,4,2] ; Conv_a, Relu_a
          %b = conv(%a, #wb) {kernel_shape=[1,1], channels_last=1} : f32[1,4,4,2] ; Conv_b
          %c = conv(%a, #wc) {kernel_shape=[1,1], channels_last=1} : f32[1,4,4,2] ; Conv_c
          %s = add(%b, %c) : f32[1,4,4,2] ; Add
          %y = conv(%s, #wy) {kernel_shape=[1,1], channels_last=1} : f32[1,4,4,2] ; Conv_y
          output %y
          const #wa : f32[2,1,1,2] = [1.0,0.5,-1.0,0.25]
          const #wb : f32[2,1,1,2] = [1.0,0.5,-1.0,0.25]
          const #wc : f32[2,1,1,2] = [1.0,0.5,-1.0,0.25]
          const #wy : f32[2,1,1,2] = [1.0,0.5,-1.0,0.25]
        """;

    private static readonly Graph Graph = GraphParser.Parse(Text, "t.ir", new DiagnosticBag())!;

    private static readonly Dictionary<string, ValueRange> Ranges =
        new[] { "x", "a", "b", "c", "s", "y" }.ToDictionary(value => value, _ => new ValueRange(-1, 1));

    [Fact]
    public void First_and_last_layers_are_the_ends()
    {
        Assert.Equal(["a", "y"], WeightedLayers.Ends(Graph).Select(node => node.Output).Order());
        var bag = new DiagnosticBag();
        PrecisionAssignment assignment = PrecisionAssignment.Of(PrecisionPlan.Of(LayerPrecision.W4A8), Graph, bag, "t");
        Assert.Equal(["w8a8", "w4a8", "w4a8", "w4a8", "w8a8"], Graph.Nodes.Select(node => assignment.Of(node).ToString()));
        Assert.Empty(bag.Items);
    }

    [Theory]
    [InlineData("layer b = fp32", "w8a8 fp32 w8a8 w8a8 w8a8")]
    [InlineData("layer Conv_b = fp32", "w8a8 fp32 w8a8 w8a8 w8a8")]
    [InlineData("layer Conv_a+Relu_a = fp32", "fp32 w8a8 w8a8 w8a8 w8a8")]
    [InlineData("layer Relu_a = fp32", "fp32 w8a8 w8a8 w8a8 w8a8")]
    [InlineData("layer Conv_* = fp32\nlayer y = w4a8", "fp32 fp32 fp32 w8a8 w4a8")]
    [InlineData("ends = fp32\nlayer y = w8a8", "fp32 w8a8 w8a8 w8a8 w8a8")]
    public void The_last_rule_that_matches_holds(string text, string expected)
    {
        var bag = new DiagnosticBag();
        PrecisionAssignment assignment = PrecisionAssignment.Of(PrecisionFile.Parse(text, "p"), Graph, bag, "t");
        Assert.Equal(expected, string.Join(' ', Graph.Nodes.Select(assignment.Of)));
        Assert.Empty(bag.Items);
    }

    [Fact]
    public void A_name_that_no_layer_has_is_told_with_the_nearest()
    {
        var bag = new DiagnosticBag();
        PrecisionAssignment.Of(PrecisionPlan.W8A8.With("Conv_x", LayerPrecision.Float), Graph, bag, "t.onnx");
        Diagnostic fault = Assert.Single(bag.Items);
        Assert.Equal("EC3031", fault.Code);
        Assert.Contains("'Conv_x'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'Conv_a'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_layer_in_integers_and_all_others_in_float()
    {
        var bag = new DiagnosticBag();
        Graph typed = Quantizer.Quantize(Graph, Ranges, PrecisionPlan.Fp32.With("b", LayerPrecision.W8A8), bag, "t");
        Assert.Empty(bag.Items);
        Assert.Equal(["conv", "quantize", "conv", "conv", "dequantize", "add", "conv"], typed.Nodes.Select(node => node.Op.Name));
        Node only = typed.Nodes.Single(node => typed.TypeOf(node.Output).Element == ElementType.I8 && node.Op is Conv);
        Assert.Equal("Conv_b", only.Origin.ToString());
    }

    [Fact]
    public void One_layer_in_float_and_all_others_in_integers()
    {
        var bag = new DiagnosticBag();
        Graph typed = Quantizer.Quantize(Graph, Ranges, PrecisionPlan.W8A8.With("Add", LayerPrecision.Float), bag, "t");
        Assert.Empty(bag.Items); // asked for, so no warning
        Node add = typed.Nodes.Single(node => node.Op is Binary);
        Assert.Equal(ElementType.F32, typed.TypeOf(add.Output).Element);
        Assert.Equal(ElementType.I8, typed.TypeOf("y").Element);
    }

    [Fact]
    public void A_rescale_stands_where_the_width_changes()
    {
        Graph typed = Quantizer.Quantize(Graph, Ranges, PrecisionPlan.W8A8.With("b", LayerPrecision.W8A16), new DiagnosticBag(), "t");
        Assert.Equal(ElementType.I16, typed.TypeOf("b").Element);
        Assert.Equal([("a_i16", "a"), ("b_i8", "b")], typed.Nodes.Where(n => n.Op is Rescale).Select(n => (n.Output, n.Inputs[0])));
        Assert.Equal(Quantization.PerTensor(1 / 32767f, 0), typed.TypeOf("a_i16").Quantization);
        Assert.Equal(ElementType.I8, typed.TypeOf("y").Element);
    }

    [Fact]
    public void Values_of_16_bits_take_the_ranges_calibrated_for_these()
    {
        Dictionary<string, ValueRange> wide = Ranges.Keys.ToDictionary(value => value, _ => new ValueRange(-2, 2));
        Graph typed = Quantizer.Quantize(Graph, Ranges, PrecisionPlan.W8A8.With("b", LayerPrecision.W8A16), new DiagnosticBag(), "t", wide: wide);
        Assert.Equal(Scales.Activation(new(-2, 2), ElementType.I16), typed.TypeOf("b").Quantization);
        Assert.Equal(Scales.Activation(new(-2, 2), ElementType.I16), typed.TypeOf("a_i16").Quantization);
        Assert.Equal(Scales.Activation(new(-1, 1)), typed.TypeOf("a").Quantization);
    }

    [Fact]
    public void An_operator_without_a_wide_form_stays_narrow_and_is_named()
    {
        const string Deformable = """
            graph @t canonical
              input %x : f32[1,4,4,2]
              input %z : f32[1,4,4,2]
              %q = deform-conv(%x, #w, #b, %z) {kernel_shape=[1,1], bias_third=1, channels_last=1} : f32[1,4,4,3] ; Deform_0
              output %q
              const #w : f32[3,1,1,2] = random(1)
              const #b : f32[3] = random(2)
            """;
        Graph graph = GraphParser.Parse(Deformable, "t.ir", new DiagnosticBag())!;
        var bag = new DiagnosticBag();
        var ranges = new[] { "x", "z", "q" }.ToDictionary(value => value, _ => new ValueRange(-1, 1));
        Graph typed = Quantizer.Quantize(graph, ranges, PrecisionPlan.Of(LayerPrecision.W8A16), bag, "t");
        Assert.Equal(ElementType.I8, typed.TypeOf("q").Element);
        Assert.Equal("EC3016", Assert.Single(bag.Items).Code);
    }

    [Theory]
    [InlineData("div(%x, %z)")]
    [InlineData("prelu(%x, %z)")]
    [InlineData("log-softmax(%x) {axis=0}")]
    public void Quotients_slopes_and_logarithms_have_16_bits(string node)
    {
        string text = $"""
            graph @t canonical
              input %x : f32[4]
              input %z : f32[4]
              %q = {node} : f32[4] ; N
              output %q
            """;
        var bag = new DiagnosticBag();
        var ranges = new[] { "x", "z", "q" }.ToDictionary(value => value, _ => new ValueRange(-1, 1));
        Graph typed = Quantizer.Quantize(GraphParser.Parse(text, "t.ir", bag)!, ranges, PrecisionPlan.Of(LayerPrecision.W8A16), bag, "t");
        Assert.All(typed.Nodes.Single(n => n.Output == "q").Inputs.Append("q"), value => Assert.Equal(ElementType.I16, typed.TypeOf(value).Element));
        Assert.Empty(bag.Items);
    }
}
