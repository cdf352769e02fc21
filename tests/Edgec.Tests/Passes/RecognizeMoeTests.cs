using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Tests.Backends;
using Xunit;

namespace Edgec.Tests.Passes;

/// <summary>Mixtures of experts in every form they are exported as: found, with the same answer, and the same integers.</summary>
public sealed class RecognizeMoeTests
{
    private const int Seeds = 30;

    public static TheoryData<MixtureForm> Forms => [.. Enum.GetValues<MixtureForm>()];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_is_found_and_keeps_its_answer(MixtureForm form)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            (Graph canonical, Graph optimized, DiagnosticBag bag) = Prepare(seed, form);
            RandomInputs.AssertSameAnswer(canonical, optimized);
            Assert.Equal((IsGated(seed) ? 6 : 4) * canonical.Outputs.Length, optimized.Nodes.Count(node => node.Op is ExpertMatMul));
            Assert.DoesNotContain(optimized.Nodes, node => node.Op is ScatterElements or Reduce);
            Assert.Empty(bag.Items);
        }
    }

    [Fact]
    public void All_forms_become_the_same_integers()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            ModelPlan[] plans = [.. Enum.GetValues<MixtureForm>().Select(form => Planner.Plan(BuiltBundle.Quantize(Prepare(seed, form).Canonical), new PlanOptions(), "test"))];
            foreach (ModelPlan plan in plans)
            {
                Assert.Equal(plans[0].Steps.Select(step => step.Kernel.GetType().Name).Order(), plan.Steps.Select(step => step.Kernel.GetType().Name).Order());
                Assert.Equal(plans[0].Weights.Bytes.Length, plan.Weights.Bytes.Length);
                IReadOnlyDictionary<string, Tensor> inputs = RandomInputs.For(Prepare(seed, MixtureForm.Dense).Canonical);
                Assert.Equal(Values(plans[0], inputs), Values(plan, inputs));
            }
        }
    }

    [Fact]
    public void Rows_may_differ_from_choice_to_choice()
    {
        string text = Changed(Case("gathered"), "  %e = expand(%u) {shape=[1,3,2,1,2]}", "  %e = concat(%u, %n) {axis=2}");
        text = Changed(text, "  %l = ", "  %n0 = tanh(%x) : f32[1,3,2] ; N\n  %n = reshape(%n0) {shape=[1,3,1,1,2]} : f32[1,3,1,1,2] ; N\n  %l = ");
        var bag = new DiagnosticBag();
        Graph graph = GraphParser.Parse(text, "t.ir", bag) ?? throw new DiagnosticException(bag.Items), next = new RecognizeMoe().Run(graph, new("m.onnx", bag));
        RandomInputs.AssertSameAnswer(graph, next);
        Assert.Equal(2, next.Nodes.Count(node => node.Op is ExpertMatMul));
        Assert.Empty(bag.Items);
    }

    // x + y0 + y1 + x
    [Fact]
    public void What_is_summed_twice_beside_the_experts_stays_so()
    {
        Graph graph = Parsed(Changed(Case("unrolled"), "  %o = add(%t, %e1)", "  %u = add(%t, %e1) : f32[3,2] ; Add\n  %o = add(%u, %x)"));
        Graph next = new RecognizeMoe().Run(graph, new("m.onnx", new()));
        RandomInputs.AssertSameAnswer(graph, next);
        Assert.Equal(2, next.Nodes.Count(node => node.Op is ExpertMatMul));
    }

    // Of an input, none of the experts may be named: then no score counts.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ones_choose_experts_only_where_their_indices_are_ranked(bool ranked)
    {
        string text = Changed(Case("unrolled"), "%m = scatter-elements(#z, %i, %s) {axis=1}", "%q = equal(%i, #e) : bool[3,2] ; Equal\n  %n = where(%q, #one, #zero) : f32[3,2] ; Cast\n  %m = mul(%s, %n)");
        text = Changed(text, "  const #z : f32[3,2] = [0.0,0.0,0.0,0.0,0.0,0.0]", "  const #e : i64[2] = [0,1]\n  const #one : f32[] = [1.0]\n  const #zero : f32[] = [0.0]");
        if (!ranked)
            text = Changed(Changed(text, "  %i = arg-max(%p) {axis=1} : i64[3,1] ; ArgMax\n", ""), "  %l = matmul(%x", "  input %i : i64[3,1]\n  %l = matmul(%x");
        Graph next = new RecognizeMoe().Run(Parsed(text), new("m.onnx", new()));
        Assert.Equal(ranked ? 2 : 0, next.Nodes.Count(node => node.Op is ExpertMatMul));
    }

    [Fact]
    public void Several_gates_share_the_weights_of_their_experts()
    {
        int seed = Enumerable.Range(0, Seeds).First(s => !IsGated(s) && RandomMixture.Of(s, MixtureForm.Dense).Outputs.Length == 2);
        foreach (MixtureForm form in Enum.GetValues<MixtureForm>())
        {
            Graph typed = BuiltBundle.Quantize(Prepare(seed, form).Canonical);
            ModelPlan plan = Planner.Plan(typed, new PlanOptions(), "test");
            long[] weights = [.. plan.Steps.Where(step => step.Kernel is Edgec.Kernels.ExpertMatmulKernel).Select(step => step.Constants.First(c => c.Role == "weights").Offset)];
            Assert.Equal(8, weights.Length);
            Assert.Equal(4, weights.Distinct().Count());
        }
    }

    [Theory]
    [InlineData("soft", "%r", "=>", "=>", "no TopK chooses")]
    [InlineData("unrolled", "%y1", "relu(%b1)", "tanh(%b1)", "expert 0 has relu where expert 1 has tanh")]
    [InlineData("unrolled", "%e1", "starts=[1], ends=[2]", "starts=[0], ends=[1]", "sums experts 0, 0")]
    [InlineData("unrolled", "%h1", "matmul(%x, #v1)", "matmul(%n, #v1)", "do not all begin with the same rows")]
    [InlineData("dense", "%t", "{perm=[0,2,1]}", "{perm=[0,1,2]}", "one for each row and expert")]
    [InlineData("dense", "%h", "%f = gelu(%b)", "%f = mul(%b, %b)", "the mul that makes f")]
    [InlineData("einsum", "%f", "%f = gelu(%b)", "%f = mul(%b, %b)", "from the mul that makes f")]
    [InlineData("selected", "%a1", "swish(%h1)", "relu(%h1)", "behind h0 expert 0 has swish where expert 1 has relu")]
    [InlineData("selected", "%q1", "mul(%a1, %k1)", "add(%a1, %k1)", "expert 1 begins with the add that makes q1")]
    [InlineData("selected", "%k1", "%k1 = matmul(%r1", "%k1 = matmul(%a1", "expert 1 begins with the mul that makes q1")]
    [InlineData("selected", "%z0", "mul(%y0, %f0)", "mul(%y0, %y0)", "not times their scores")]
    [InlineData("selected", "#d1", "const #d1 : i64[6,2] = [0,0,1,0", "const #d1 : i64[6,2] = [0,0,2,0", "not times their scores")]
    [InlineData("gathered", "%v", "mul(%k", "sub(%k", "no sum of its results")]
    public void What_differs_from_a_mixture_is_said(string name, string value, string from, string to, string difference)
    {
        string text = Case(name);
        Assert.Contains(value, text, StringComparison.Ordinal);
        text = from == to ? text : Changed(text, from, to);
        if (to.Contains("%n", StringComparison.Ordinal)) // another value of the same rows
            text = Changed(text, "  %l = matmul(%x", "  %n = tanh(%x) : f32[3,2] ; N\n  %l = matmul(%x");
        var bag = new DiagnosticBag();
        Graph graph = GraphParser.Parse(text, "t.ir", bag) ?? throw new DiagnosticException(bag.Items);
        Graph next = new RecognizeMoe().Run(graph, new("m.onnx", bag));
        Assert.Same(graph, next);
        Diagnostic note = bag.Items[0];
        Assert.Contains(difference, note.Message, StringComparison.Ordinal);
        Assert.Equal(("EC2006", Severity.Note), (note.Code, note.Severity));
    }

    private static bool IsGated(int seed) => seed % 3 == 0;

    // The graph a case begins with.
    private static string Case(string name)
    {
        string text = File.ReadAllText(Path.Combine(SourceTree.Root, "tests", "cases", "passes", "recognize-moe", $"{name}.ir"));
        return text[..text.IndexOf("=>", StringComparison.Ordinal)];
    }

    private static Graph Parsed(string text)
    {
        var bag = new DiagnosticBag();
        return GraphParser.Parse(text, "t.ir", bag) ?? throw new DiagnosticException(bag.Items);
    }

    private static string Changed(string text, string from, string to)
    {
        Assert.Contains(from, text, StringComparison.Ordinal);
        return text.Replace(from, to, StringComparison.Ordinal);
    }

    private static (Graph Canonical, Graph Optimized, DiagnosticBag Bag) Prepare(int seed, MixtureForm form)
    {
        var bag = new DiagnosticBag();
        Graph canonical = Pipelines.Canonical.Run(RandomMixture.Of(seed, form, IsGated(seed)), new("mixture.onnx", bag));
        return (canonical, Pipelines.Optimize.Run(canonical, new("mixture.onnx", bag)), bag);
    }

    // Names differ from form to form, the order of outputs does not.
    private static ImmutableArray<string> Values(ModelPlan plan, IReadOnlyDictionary<string, Tensor> inputs)
    {
        IReadOnlyDictionary<string, Tensor> values = Evaluator.Run(plan, inputs);
        return [.. plan.Outputs.Select(i => values[plan.Values[i].Name]).Select(y => string.Join(' ', Enumerable.Range(0, y.Count).Select(i => y.Number(i))))];
    }
}
