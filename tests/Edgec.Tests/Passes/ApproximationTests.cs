using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Ops;
using Xunit;
using IntegerLayerNorm = Edgec.Passes.IntegerLayerNorm;

namespace Edgec.Tests.Passes;

/// <summary>Approximations of GELU, softmax and normalization: the errors that passes and reports state hold over every input.</summary>
public sealed class ApproximationTests
{
    private const string Float = """
        graph @t canonical
          input %x : f32[2,7]
          %g = gelu(%x) : f32[2,7] ; Gelu_0
          %n = layer-normalization(%g, #scale) {axis=1} : f32[2,7] ; Norm_1
          %y = softmax(%n) {axis=1} : f32[2,7] ; Softmax_2
          output %y
          const #scale : f32[7] = splat(1.0)

        """;

    private const string Quantized = """
        graph @t quantized
          input %x : i8[2,7]<scale=0.03,zero=-5>
          %g = gelu(%x) : i8[2,7]<scale=0.02,zero=-120> ; Gelu_0
          %n = layer-normalization(%g, #scale) {axis=1} : i8[2,7]<scale=0.02> ; Norm_1
          %y = softmax(%n) {axis=1} : i8[2,7]<scale=0.003921568859368563,zero=-128> ; Softmax_2
          output %y
          const #scale : f32[7] = splat(1.0)

        """;

    [Fact]
    public void The_delta_of_gelu_has_177_entries_and_lies_within_a_ten_thousandth()
    {
        var gelu = new DeltaGelu(false);
        Assert.Equal(177, gelu.Entries.Length);
        Assert.Equal(0, gelu.Entries[0]);
        Assert.InRange(gelu.Entries.Max(), 0.1699, 0.17); // at 0.75
        (double error, double at) = gelu.Worst(16);
        Assert.InRange(error, 9.6e-5, 9.75e-5);
        Assert.InRange(at, 1 / 128.0, 3 / 128.0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_float_the_delta_keeps_its_error(bool tanh)
    {
        var op = new DeltaGelu(tanh);
        float[] x = [.. Enumerable.Range(-(9 << 12), 18 << 12).Select(i => MathF.ScaleB(i, -12)), float.NegativeInfinity, float.PositiveInfinity];
        double bound = op.Worst(16).Error + 1e-6;
        Tensor y = op.Evaluate(new([Tensor.Of<float>([x.Length], x)], 1))[0];
        for (int i = 0; i < x.Length - 2; i++)
            Assert.InRange(Math.Abs(y.Number(i) - FloatFunctions.Apply(tanh ? UnaryFunction.GeluTanh : UnaryFunction.Gelu, (double)x[i], 0, 0)), 0, bound);
        Assert.Equal([0, float.PositiveInfinity], [y.Number(x.Length - 2), y.Number(x.Length - 1)]);
    }

    [Theory]
    [InlineData(0.03, 0.02)]
    [InlineData(0.001, 0.0005)]
    public void In_8_bits_it_states_the_worst_of_all_inputs(double scale, double step)
    {
        Tensor every = Tensor.Of<sbyte>([256], [.. Enumerable.Range(-128, 256).Select(q => (sbyte)q)]);
        var node = new QuantizedNode(new DeltaGelu(false), [(every, Quantization.PerTensor(scale, 4))], Quantization.PerTensor(step, -100));
        Holds(node, every, scale, 4, step, -100, Assert.IsType<TableKernel>(node.Kernel()).WorstError);
    }

    [Theory]
    [InlineData(0.0003, 0.0002)]
    [InlineData(0.00005, 0.00005)]
    public void In_16_bits_it_states_the_worst_of_all_inputs(double scale, double step)
    {
        Tensor every = Tensor.Of<short>([65536], [.. Enumerable.Range(-32768, 65536).Select(q => (short)q)]);
        var node = new QuantizedNode(new DeltaGelu(false), [(every, Quantization.PerTensor(scale, 0))], Quantization.PerTensor(step, 0)) { Element = ElementType.I16 };
        Holds(node, every, scale, 0, step, 0, Assert.IsType<ReluDeltaStep>(Assert.IsType<MapKernel>(node.Kernel()).Step).WorstError);
    }

    private static void Holds(QuantizedNode node, Tensor every, double scale, int zero, double step, int offset, double stated)
    {
        Tensor y = node.Run();
        (int lo, int hi) = node.Element.Range();
        double worst = Enumerable.Range(0, every.Count).Max(i => Math.Abs(
            y.Integer(i) - Math.Clamp(FloatFunctions.Apply(UnaryFunction.Gelu, scale * (every.Integer(i) - zero), 0, 0) / step + offset, lo, hi)));
        Assert.Equal(stated, worst, 9);
        Assert.Equal(stated, RoundingError.Of(node.Kernel())!.Value, 9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(300)]
    [InlineData(5000)]
    public void A_running_maximum_keeps_its_error_in_the_worst_order(int length)
    {
        var random = new Random(length);
        float[][] rows =
        [
            [.. Enumerable.Range(0, length).Select(i => i * 0.01f)], // each rescales
            [.. Enumerable.Range(0, length).Select(i => -i * 0.01f)],
            [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 20 - 10)],
            [.. Enumerable.Range(0, length).Select(i => i % 2 == 0 ? -80f : i * 0.001f)],
            [.. Enumerable.Range(0, length).Select(i => i % 2 == 0 && length > 1 ? float.NegativeInfinity : i * 0.001f)], // closed ones first
        ];
        foreach (float[] row in rows)
        {
            Tensor x = Tensor.Of<float>([1, length], row), y = new Softmax(1, false, false, Running: true).Evaluate(new([x], 1))[0];
            double highest = row.Max(), sum = row.Sum(value => Math.Exp(value - highest));
            for (int i = 0; i < length; i++)
            {
                double exact = Math.Exp(row[i] - highest) / sum;
                // The exponential of the score itself is off by its argument's rounding, which is not the form's.
                double own = exact == 0 ? 0 : exact * Math.Abs(row[i] - highest) * Math.ScaleB(1, -23);
                Assert.InRange(Math.Abs(y.Number(i) - exact), 0, exact * FloatSoftmaxStep.RunningError(length) + own + 1e-37);
            }
        }
    }

    [Fact]
    public void Passes_choose_the_forms_of_a_float_graph_and_note_their_errors()
    {
        (Graph graph, string[] notes) = Run(Float, new ApproximateGelu("delta"), new IntegerLayerNorm(), new ApproximateSoftmax("running-max"));
        Assert.IsType<DeltaGelu>(graph.Nodes[0].Op);
        Assert.True(((Softmax)graph.Nodes[2].Op).Running);
        Assert.Contains("177 entries: at most 9.7e-5 from exact", notes[0]);
        Assert.Contains("Normalization of 7 numbers in float has an integer form", notes[1]);
        Assert.Contains("running maximum over 7 scores", notes[2]);
        (Graph back, string[] exact) = Run(Edgec.Ir.Text.GraphPrinter.Print(graph), new ApproximateGelu(), new ApproximateSoftmax());
        Assert.IsType<Unary>(back.Nodes[0].Op);
        Assert.False(((Softmax)back.Nodes[2].Op).Running);
        Assert.Contains("at most 0.5 steps", exact[0]);
        Assert.Contains("in 8 bits at most 0.5311 steps of 1/255", exact[1]);
    }

    [Fact]
    public void In_a_quantized_graph_the_errors_are_those_that_inspect_prints()
    {
        (Graph graph, string[] notes) = Run(Quantized, new ApproximateGelu("delta"), new IntegerLayerNorm(), new ApproximateSoftmax());
        double[] bounds = [.. Planner.Plan(graph, new PlanOptions(), "test").Steps.Select(step => RoundingError.Of(step.Kernel)!.Value)];
        for (int i = 0; i < 3; i++)
            Assert.Contains(FormattableString.Invariant($"at most {bounds[i]:f4} steps"), notes[i]);
    }

    [Fact]
    public void What_has_no_integers_is_a_diagnostic()
    {
        Assert.Equal("EC2008", Fault(Quantized, new ApproximateSoftmax("running-max")));
        string real = Quantized.Replace("i8[2,7]<scale=0.02> ; Norm_1", "f32[2,7] ; Norm_1", StringComparison.Ordinal)
            .Replace("%n = layer-normalization(%g", "%r = dequantize(%g) : f32[2,7] ; Gelu_0\n  %n = layer-normalization(%r", StringComparison.Ordinal)
            .Replace("softmax(%n) {axis=1} : i8[2,7]<scale=0.003921568859368563,zero=-128>", "softmax(%n) {axis=1} : f32[2,7]", StringComparison.Ordinal);
        Assert.Equal("EC2009", Fault(real, new IntegerLayerNorm()));
        var bag = new DiagnosticBag();
        Assert.Null(PassList.Parse("approximate-gelu{form=lut16}", PassTable.All, bag));
        Assert.Null(PassList.Parse("approximate-softmax{form=exact}", PassTable.All, bag));
        Assert.All(bag.Items, item => Assert.Equal("EC7205", item.Code));
    }

    private static string Fault(string text, Pass pass)
    {
        var bag = new DiagnosticBag();
        pass.Run(Parse(text), new("test", bag));
        return Assert.Single(bag.Items, item => item.Severity == Severity.Error).Code;
    }

    private static (Graph Graph, string[] Notes) Run(string text, params Pass[] passes)
    {
        Graph graph = Parse(text);
        var bag = new DiagnosticBag();
        Graph result = Pipeline.Create(graph.Level, passes).Run(graph, new("test", bag));
        Assert.All(bag.Items, item => Assert.Equal((Severity.Note, "EC2007"), (item.Severity, item.Code)));
        return (result, [.. bag.Items.Select(item => item.Message)]);
    }

    private static Graph Parse(string text)
    {
        var faults = new DiagnosticBag();
        Graph? graph = Edgec.Ir.Text.GraphParser.Parse(text, "test", faults);
        Assert.Empty(faults.Items);
        return graph!;
    }
}
