using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Targets;
using Edgec.Tests.Quantize;
using Xunit;

namespace Edgec.Tests.Backends;

/// <summary>Random networks that arrive quantized: what they state, to the step, and the same bits on every backend.</summary>
public sealed class RandomStatedGraphTests
{
    [Theory]
    [InlineData(null, 0.001)]
    [InlineData(RoundingProfile.Single, 0.02)]
    [InlineData(RoundingProfile.Tflite, 0.02)]
    [InlineData(RoundingProfile.Truncate, 1)]
    public void Every_layer_is_what_exact_arithmetic_gives(RoundingProfile? profile, double share)
    {
        int elements = 0, differing = 0;
        for (int seed = 0; seed < 8; seed++)
        {
            RandomStatedGraph stated = RandomStatedGraph.Of(seed);
            Graph typed = StatedNetworks.Typed(stated.Imported(open: true));
            Assert.Equal(RoundingProfile.Onnx, typed.Rounding);
            Assert.All(typed.Nodes, node => Assert.NotEqual(ElementType.F32, typed.TypeOf(node.Output).Element));
            int[][] integers = Integers(stated, typed.With(rounding: profile));
            for (int i = 1; i < integers.Length; i++)
            {
                StatedValue value = stated.Values[i];
                int[] exact = [.. value.Exact([.. value.Operands.Select(o => integers[o])]).Select(value.Integer)];
                int[] steps = [.. exact.Zip(integers[i], (a, b) => Math.Abs(a - b))];
                Assert.True(steps.Max() <= 1, $"seed {seed}, value {i}: {steps.Max()} steps");
                elements += steps.Length;
                differing += steps.Count(s => s > 0);
            }
        }

        Assert.InRange((double)differing / elements, 0, share);
    }

    [Theory]
    [InlineData("x86-64-v3", 1)]
    [InlineData("x86-64-v3", 2)]
    [InlineData("cortex-a72", 3)]
    [InlineData("csharp", 4)]
    [InlineData("ultra96", 6)]
    [InlineData("ultra96", 7)]
    public void Every_layer_is_equal(string target, int seed)
    {
        Graph typed = StatedNetworks.Typed(RandomStatedGraph.Of(seed).Imported(open: false));
        Assert.All(BuiltBundle.Compare(typed, TargetCatalog.Load(target)), layer => Assert.True(layer.Passed, $"{layer.Name}: {layer.First}"));
    }

    // The integers of all values; those of the input are known.
    private static int[][] Integers(RandomStatedGraph stated, Graph typed)
    {
        StatedValue input = stated.Values[0];
        Tensor x = Tensor.Of(Shape.From(input.Shape), [.. input.Sample.Select(q => (q - input.Zero) * input.Scale)]);
        IReadOnlyDictionary<string, Tensor> reals = Evaluator.Run(Planner.Plan(typed, new PlanOptions(), "t.onnx"), new Dictionary<string, Tensor> { ["x"] = x });
        return [input.Sample, .. stated.Values.Skip(1).Select((value, i) =>
            reals[$"r{i + 1}"].Span<float>().ToArray().Select(real => (int)Math.Round((double)real / value.Scale) + value.Zero).ToArray())];
    }
}
