using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>What is large in the weights of a layer goes through a thin branch.</summary>
public sealed class LowRankTests
{
    // Weights of which one column is far larger than the others.
    private static readonly Graph Graph = Parse("""
        graph @t canonical
          input %x : f32[1,3,4,16]
          %y = conv(%x, #w, #b) {kernel_shape=[1,1], activation=[-1.0,100.0], channels_last=1} : f32[1,3,4,32] ; Y
          output %y
          const #w : f32[32,1,1,16] = random(3)
          const #b : f32[32] = random(4)
        """);

    [Theory]
    [InlineData(5, 9)]
    [InlineData(9, 5)]
    [InlineData(6, 6)]
    public void Singular_values_and_vectors_make_up_the_matrix(int rows, int columns)
    {
        var random = new Random(rows);
        float[] matrix = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() - 0.5f)];
        for (int c = 0; c < columns; c++)
            matrix[columns + c] = 2 * matrix[c]; // not of full rank
        (double[] values, double[] left, double[] right) = SingularValues.Of(matrix, rows, columns);
        int n = Math.Min(rows, columns);
        Assert.Equal((n, rows * n, n * columns), (values.Length, left.Length, right.Length));
        Assert.Equal(values.OrderDescending(), values);
        Assert.Equal(matrix.Sum(v => (double)v * v), values.Sum(v => v * v), 9);
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
                Assert.Equal(matrix[r * columns + c], Enumerable.Range(0, n).Sum(k => left[r * n + k] * right[k * columns + c]), 6);
        }

        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++)
                Assert.Equal(0, Enumerable.Range(0, columns).Sum(c => right[i * columns + c] * right[k * columns + c]), 9);
            Assert.Equal(values[i], Math.Sqrt(Enumerable.Range(0, columns).Sum(c => right[i * columns + c] * right[i * columns + c])), 9);
        }
    }

    [Theory]
    [InlineData("w4a16", 0.2)]
    [InlineData("w4a8", 0.4)]
    public void A_layer_becomes_the_rest_and_a_branch_and_loses_less(string precision, double most)
    {
        var bag = new DiagnosticBag();
        (Graph graph, double plain) = Measure(precision, bag);
        Assert.Equal(["y"], graph.Nodes.Where(node => node.Op is Conv or Branched).Select(node => node.Output));
        Assert.Empty(bag.Items);
        (graph, double branched) = Measure($"{precision} rank 1", bag);
        Node[] layers = [.. graph.Nodes.Where(node => node.Op is Conv or Branched)];
        Assert.Equal(["y_inner", "y"], layers.Select(node => node.Output));
        Assert.Equal([ElementType.I8, ElementType.I4], layers.Select(node => graph.TypeOf(node.Inputs[1]).Element));
        Assert.Equal((ElementType.I16, ElementType.I16, ElementType.I8), (graph.TypeOf("y_inner").Element, graph.TypeOf(layers[1].Inputs[3]).Element, graph.TypeOf(layers[1].Inputs[4]).Element));
        Assert.Equal(precision == "w4a8" ? ElementType.I8 : ElementType.I16, graph.TypeOf("y").Element);
        Diagnostic note = Assert.Single(bag.Items);
        Assert.Equal((Severity.Note, "EC3044", "t(Y -> y)"), (note.Severity, note.Code, note.Location));
        Assert.Contains("A branch of rank 1 holds 9", note.Message, StringComparison.Ordinal);
        Assert.InRange(branched / plain, 0, most);
    }

    [Fact]
    public void The_rest_holds_what_rounding_the_branch_loses()
    {
        (Graph graph, _) = Measure("w4a16 rank 2", new());
        Node layer = graph.Producer("y")!, inner = graph.Producer("y_inner")!;
        double[] first = Reals(graph, inner.Inputs[1]), second = Reals(graph, layer.Inputs[4]), rest = Reals(graph, layer.Inputs[1]);
        Tensor weights = Loud().ConstantOf("w")!;
        for (int o = 0; o < 32; o++)
        {
            double step = graph.TypeOf(layer.Inputs[1]).Quantization!.ScaleOf(o);
            for (int i = 0; i < 16; i++)
                Assert.InRange(rest[o * 16 + i] + second[o * 2] * first[i] + second[o * 2 + 1] * first[16 + i] - weights.Number(o * 16 + i), -0.51 * step, 0.51 * step);
        }
    }

    [Theory]
    [InlineData("w8a8 rank 1", "a low-rank branch leaves weights of 4 bits: w4a8 or w4a16")]
    [InlineData("w8a16 rank 1", "a low-rank branch leaves weights of 4 bits: w4a8 or w4a16")]
    [InlineData("w4a16 rank 16", "its weights have rank 16 at most")]
    [InlineData("w4a16 wide 1 rank 2", "a low-rank branch goes neither with groups of weights nor with wide channels")]
    public void What_has_no_branch_says_why(string precision, string why)
    {
        Diagnostic fault = Assert.Single(Assert.Throws<DiagnosticException>(() => Measure(precision, new())).Diagnostics);
        Assert.Equal("EC3033", fault.Code);
        Assert.Contains($", but {why}.", fault.Message, StringComparison.Ordinal);
    }

    // The mean square error of the outputs.
    private static (Graph Graph, double Error) Measure(string precision, DiagnosticBag bag)
    {
        Graph loud = Loud();
        Dictionary<string, Tensor> inputs = Passes.RandomInputs.For(loud);
        Tensor wanted = GraphEvaluator.Evaluate(loud, inputs)["y"];
        var ranges = new Dictionary<string, ValueRange> { ["x"] = new(-2, 2), ["y"] = new(-1, 100) };
        Graph typed = Quantizer.Quantize(loud, ranges, PrecisionFile.Parse($"default = {precision}\nends = {precision}", "p"), bag, "t");
        Tensor got = Evaluator.Run(Planner.Plan(typed, new PlanOptions(), "t"), inputs)["y"];
        return (typed, Enumerable.Range(0, wanted.Count).Average(i => Math.Pow(wanted.Number(i) - Real(got, typed, i), 2)));
    }

    private static double Real(Tensor got, Graph typed, int index) =>
        got.Element == ElementType.F32 ? got.Number(index) : typed.TypeOf("y").Quantization!.Scale * (got.Integer(index) - typed.TypeOf("y").Quantization!.Zero);

    private static double[] Reals(Graph graph, string value)
    {
        Tensor integers = graph.ConstantOf(value)!;
        Quantization q = graph.TypeOf(value).Quantization!;
        return [.. Enumerable.Range(0, integers.Count).Select(i => q.ScaleOf(i / (integers.Count / integers.Shape[0])) * integers.Integer(i))];
    }

    private static Graph Loud()
    {
        Tensor weights = Tensor.Of(Graph.ConstantOf("w")!.Shape, Graph.ConstantOf("w")!.Span<float>());
        for (int i = 3; i < weights.Count; i += 16)
            weights.Span<float>()[i] *= 20;
        return Graph.With(constants: Graph.Constants.SetItem("w", weights));
    }

    private static Graph Parse(string text)
    {
        var bag = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(text, "t.ir", bag);
        Assert.Empty(bag.Items);
        return graph!;
    }
}
