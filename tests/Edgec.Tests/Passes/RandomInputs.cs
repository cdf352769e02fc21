using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Passes;

/// <summary>Seeded values for a graph's inputs, and the comparison of two graphs on them.</summary>
internal static class RandomInputs
{
    public static Dictionary<string, Tensor> For(Graph graph, int seed = 1)
    {
        var random = new Random(seed);
        return graph.Inputs.ToDictionary(name => name, name =>
        {
            TensorType type = graph.TypeOf(name);
            Tensor tensor = Tensor.Zeros(type.Element, type.Shape);
            if (type.Element == ElementType.F32)
            {
                foreach (ref float value in tensor.Span<float>())
                    value = (float)(random.NextDouble() * 4 - 2);
            }

            return tensor;
        });
    }

    /// <summary>Both graphs give the same outputs up to the rounding of single precision.</summary>
    public static void AssertSameAnswer(Graph before, Graph after)
    {
        Dictionary<string, Tensor> inputs = For(before);
        var expected = GraphEvaluator.Evaluate(before, inputs);
        var actual = GraphEvaluator.Evaluate(after, inputs);
        foreach (string output in before.Outputs)
        {
            Tensor want = expected[output], got = actual[output];
            Assert.Equal((want.Element, want.Shape), (got.Element, got.Shape));
            double largest = Enumerable.Range(0, want.Count).Select(i => Math.Abs(want.Number(i))).Where(double.IsFinite).DefaultIfEmpty(0).Max();
            for (int i = 0; i < want.Count; i++)
            {
                bool same = want.Number(i).Equals(got.Number(i)) || Math.Abs(want.Number(i) - got.Number(i)) <= 1e-5 * (1 + largest);
                Assert.True(same, $"{output}[{i}] is {got.Number(i)} and was {want.Number(i)}");
            }
        }
    }
}
