using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>Masks of attention that are an input or computed from one: part of the one kernel, and the scores keep their scale.</summary>
public sealed class ComputedMasksTests
{
    private const int Tokens = 8, Width = 16;

    // Where by truths, a sum with a Where, with 0 and -10,000, and (1 - m) · -10,000 as BERT writes it; the last three for every head of two.
    [Theory]
    [InlineData("truths", 1)]
    [InlineData("truths, added", 1)]
    [InlineData("numbers", 2)]
    [InlineData("computed", 2)]
    [InlineData("numbers and a constant", 2)]
    public void Attention_is_one_kernel_and_close_to_the_float_one(string form, int heads)
    {
        Graph optimized = Pipelines.Optimize.Run(Masked(form, heads), new("test", new DiagnosticBag()));
        var random = new Random(4);
        Dictionary<string, Tensor>[] samples = [.. Enumerable.Range(0, 16).Select(_ => Inputs(random, form, heads))];
        Graph quantized = Quantizer.Quantize(optimized, Calibrator.Calibrate(optimized, samples, new(), "test"), PrecisionPlan.W8A8, new DiagnosticBag(), "test");
        quantized = Pipelines.Quantized.Run(quantized, new("test", new DiagnosticBag()));
        ModelPlan plan = Planner.Plan(quantized, new PlanOptions(), "test");
        AttentionKernel kernel = Assert.Single(plan.Steps.Select(step => step.Kernel).OfType<AttentionKernel>());
        Assert.NotNull(kernel.Bias);
        double signal = 0, noise = 0;
        foreach (Dictionary<string, Tensor> sample in samples)
        {
            Tensor exact = GraphEvaluator.Evaluate(optimized, sample)["y"], actual = Edgec.Evaluate.Evaluator.Run(plan, sample)["y"];
            for (int i = 0; i < exact.Count; i++)
            {
                signal += exact.Number(i) * exact.Number(i);
                noise += Math.Pow(exact.Number(i) - actual.Number(i), 2);
            }
        }

        Assert.InRange(10 * Math.Log10(signal / noise), 33, 60);
    }

    // Truths say by themselves what closes; of numbers only data does.
    [Theory]
    [InlineData("truths, added", true)]
    [InlineData("computed", false)]
    public void A_mask_that_calibration_leaves_open_closes_or_is_named(string form, bool closes)
    {
        Graph optimized = Pipelines.Optimize.Run(Masked(form, 1), new("test", new DiagnosticBag()));
        var random = new Random(4);
        Dictionary<string, Tensor>[] samples = [.. Enumerable.Range(0, 8).Select(_ => Near(Inputs(random, form, 1, closed: false)))];
        var bag = new DiagnosticBag();
        Graph quantized = Quantizer.Quantize(optimized, Calibrator.Calibrate(optimized, samples, new(), "test"), PrecisionPlan.W8A8, bag, "test");
        ModelPlan plan = Planner.Plan(Pipelines.Quantized.Run(quantized, new("test", new DiagnosticBag())), new PlanOptions(), "test");
        Assert.Equal(closes ? [] : ["EC3018"], bag.Items.Select(d => d.Code).Distinct());
        Dictionary<string, Tensor> sample = Near(Inputs(random, form, 1));
        Tensor exact = GraphEvaluator.Evaluate(optimized, sample)["y"], actual = Edgec.Evaluate.Evaluator.Run(plan, sample)["y"];
        Assert.Equal(closes, Enumerable.Range(0, exact.Count).All(i => Math.Abs(exact.Number(i) - actual.Number(i)) < 0.03));

        // Scores so close to one another that a closed position among them would count as much as an open one.
        static Dictionary<string, Tensor> Near(Dictionary<string, Tensor> inputs)
        {
            inputs["q"] = Tensor.Of<float>(inputs["q"].Shape, [.. inputs["q"].Span<float>().ToArray().Select(value => value / 16)]);
            return inputs;
        }
    }

    // Layers of scores of two spreads: the mask reaches as far down as the wider ones need.
    [Fact]
    public void A_mask_of_several_layers_closes_in_all_of_them()
    {
        var bag = new DiagnosticBag();
        Graph graph = GraphParser.Parse("""
            graph @t canonical
              input %q : f32[2,3,4]
              input %k : f32[2,3,4]
              input %c : f32[1,1,3]
              %e = expand(%c) {shape=[1,3,3]} : f32[1,3,3]
              %g = expand(%c) {shape=[2,3,3]} : f32[2,3,3]
              %s = matmul(%q, %k) {transpose_b=1} : f32[2,3,3]
              %m = add(%s, %e) : f32[2,3,3]
              %y = softmax(%m) {axis=2} : f32[2,3,3]
              %t = matmul(%k, %q) {transpose_b=1} : f32[2,3,3]
              %n = add(%t, %g) : f32[2,3,3]
              %z = softmax(%n) {axis=2} : f32[2,3,3]
              output %y
              output %z
            """, "t.ir", bag) ?? throw new DiagnosticException(bag.Items);
        var ranges = new Dictionary<string, ValueRange> { ["c"] = new(-10_000, 0), ["e"] = new(-10_000, 0), ["g"] = new(-10_000, 0), ["s"] = new(-1, 1), ["t"] = new(-50, 50), ["m"] = new(-10_000, 1), ["n"] = new(-10_000, 50) };
        IReadOnlyDictionary<string, ValueRange> bounded = ComputedMasks.Bound(graph, ranges, bag, "t").Ranges;
        Assert.Equal([-112f, -14, -112], new[] { "c", "e", "g" }.Select(value => bounded[value].Lo));
    }

    private static Dictionary<string, Tensor> Inputs(Random random, string form, int heads, bool closed = true)
    {
        bool[] open = [.. Enumerable.Range(0, Tokens).Select(i => i == 0 || !closed || random.Next(3) > 0)];
        Tensor mask = form.StartsWith("truths", StringComparison.Ordinal) ? Tensor.Of([1, 1, 1, Tokens], open)
            : Tensor.Of<float>([1, 1, 1, Tokens], [.. open.Select(o => form == "computed" ? (o ? 1f : 0) : o ? 0 : -10_000f)]);
        return new() { ["q"] = Real(), ["k"] = Real(), ["v"] = Real(), ["mask"] = mask };

        Tensor Real() => Tensor.Of<float>([1, heads, Tokens, Width], [.. Enumerable.Range(0, heads * Tokens * Width).Select(_ => random.NextSingle() * 2 - 1)]);
    }

    private static Graph Masked(string form, int heads)
    {
        TensorType tokens = TensorType.F32([1, heads, Tokens, Width]), scores = TensorType.F32([1, heads, Tokens, Tokens]), row = TensorType.F32([1, 1, 1, Tokens]);
        var types = ImmutableDictionary<string, TensorType>.Empty.Add("q", tokens).Add("k", tokens).Add("v", tokens)
            .Add("mask", form.StartsWith("truths", StringComparison.Ordinal) ? row with { Element = ElementType.Bool } : row).Add("s", scores).Add("m", scores).Add("p", scores).Add("y", tokens);
        var constants = ImmutableDictionary<string, Tensor>.Empty;
        var nodes = new List<Node> { Node("s", new MatMul(true, Activation.None), "q", "k") };
        string added = "mask";
        switch (form)
        {
            case "truths":
                Constant("low", Tensor.Scalar(-1e9f));
                nodes.Add(Node("m", new Where(), "mask", "s", "low"));
                break;
            case "truths, added": // as PyTorch writes masks of scaled_dot_product_attention
                Constant("low", Tensor.Scalar(float.NegativeInfinity));
                Constant("open", Tensor.Scalar(0f));
                nodes.Add(Node("c", new Where(), "mask", "open", "low"));
                nodes.Add(Node("a", new Expand([1, 1, Tokens, Tokens]), "c"));
                types = types.Add("c", row).Add("a", TensorType.F32([1, 1, Tokens, Tokens]));
                added = "a";
                goto default;
            case "computed":
                Constant("one", Tensor.Scalar(1f));
                Constant("low", Tensor.Scalar(-10_000f));
                nodes.Add(Node("c", new Binary(BinaryFunction.Subtract, Activation.None), "one", "mask"));
                nodes.Add(Node("a", new Binary(BinaryFunction.Multiply, Activation.None), "c", "low"));
                types = types.Add("c", row).Add("a", row);
                added = "a";
                goto default;
            case "numbers and a constant":
                Constant("causal", Tensor.Of<float>([Tokens, Tokens], [.. Enumerable.Range(0, Tokens * Tokens).Select(i => i % Tokens > i / Tokens ? float.NegativeInfinity : 0)]));
                nodes.Add(Node("b", new Binary(BinaryFunction.Add, Activation.None), "s", "mask"));
                nodes.Add(Node("m", new Binary(BinaryFunction.Add, Activation.None), "b", "causal"));
                types = types.Add("b", scores);
                break;
            default:
                nodes.Add(Node("m", new Binary(BinaryFunction.Add, Activation.None), "s", added));
                break;
        }

        nodes.Add(Node("p", new Softmax(3, Logarithm: false), "m"));
        nodes.Add(Node("y", new MatMul(false, Activation.None), "p", "v"));
        return new("masked", Level.Canonical, ["q", "k", "v", "mask"], ["y"], [.. nodes], constants, types);

        void Constant(string name, Tensor value)
        {
            constants = constants.Add(name, value);
            types = types.Add(name, new(value.Element, value.Shape));
        }
    }

    private static Node Node(string name, Operator op, params ImmutableArray<string> inputs) => new(name, op, inputs, [name], Origin.Of(name));
}
