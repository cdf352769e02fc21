using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>The operators that are a whole mixture of experts, against ONNX Runtime and against their definition.</summary>
public sealed class MixtureOfExpertsTests
{
    private readonly Random random = new(31);

    [Theory]
    [InlineData("relu", 1, false, true)]
    [InlineData("silu", 2, true, false)]
    [InlineData("gelu", 3, false, true)]
    [InlineData("identity", 2, true, true)]
    public void Routed_mixtures_are_those_of_onnx_runtime(string activation, int choices, bool normalize, bool biased)
    {
        const int experts = 4, inner = 6, hidden = 10;
        OperatorCase node = new OperatorCase("MoE", 1, "com.microsoft")
            .With("k", (long)choices).With("activation_type", activation).With("normalize_routing_weights", normalize ? 1L : 0L)
            .Input(RandomTensor.F32(random, 2, 5, inner)).Input(RandomTensor.F32(random, 10, experts)).Constant(RandomTensor.F32(random, experts, hidden, inner));
        Optional(node, biased, experts, hidden).Constant(RandomTensor.F32(random, experts, inner, hidden));
        Optional(node, biased, experts, inner).Check(2e-5);
    }

    [Theory]
    [InlineData("gelu", 2, false, true)]
    [InlineData("relu", 1, true, false)]
    [InlineData("silu", 3, true, true)]
    public void Gated_mixtures_are_what_they_say(string activation, int choices, bool normalize, bool biased)
    {
        const int rows = 7, experts = 5, inner = 6, hidden = 10, width = 3;
        Tensor x = RandomTensor.F32(random, 1, rows, inner), gate = RandomTensor.F32(random, inner, experts);
        Tensor w1 = RandomTensor.F32(random, experts, inner, hidden), b1 = RandomTensor.F32(random, experts, hidden);
        Tensor w2 = RandomTensor.F32(random, experts, hidden, width), b2 = RandomTensor.F32(random, experts, width);
        OperatorCase node = new OperatorCase("MoE", 1, "edge.moe")
            .With("k", (long)choices).With("activation", activation).With("normalize", normalize ? 1L : 0L).Input(x).Constant(gate).Constant(w1);
        (biased ? node.Constant(b1) : node.Absent()).Constant(w2);
        (biased ? node.Constant(b2) : node.Absent()).Check([Mixed()], 1e-5);

        Tensor Mixed()
        {
            var y = new float[rows * width];
            for (int t = 0; t < rows; t++)
            {
                double[] scores = [.. Enumerable.Range(0, experts).Select(e => Math.Exp(Sum(inner, i => X(t, i) * gate.Number(i * experts + e))))];
                int[] chosen = [.. Enumerable.Range(0, experts).OrderByDescending(e => scores[e]).Take(choices)];
                double total = normalize ? chosen.Sum(e => scores[e]) : scores.Sum();
                foreach (int e in chosen)
                {
                    double[] h = [.. Enumerable.Range(0, hidden).Select(j => Function(Sum(inner, i => X(t, i) * w1.Number((e * inner + i) * hidden + j)) + (biased ? b1.Number(e * hidden + j) : 0)))];
                    for (int j = 0; j < width; j++)
                        y[t * width + j] += (float)(scores[e] / total * (Sum(hidden, i => h[i] * w2.Number((e * hidden + i) * width + j)) + (biased ? b2.Number(e * width + j) : 0)));
                }
            }

            return Tensor.Of([1, rows, width], y);
        }

        double X(int row, int i) => x.Number(row * inner + i);

        double Function(double v) => activation switch
        {
            "relu" => Math.Max(v, 0),
            "silu" => v / (1 + Math.Exp(-v)),
            _ => FloatFunctions.Apply(UnaryFunction.Gelu, v, 0, 0),
        };
    }

    [Theory]
    [InlineData("com.microsoft", "activation_type", "swiglu", 1)]
    [InlineData("edge.moe", "activation", "tanh", 1)]
    [InlineData("edge.moe", "activation", "relu", 9)]
    public void What_is_not_supported_is_said(string domain, string name, string activation, int choices)
    {
        OperatorCase node = new OperatorCase("MoE", 1, domain).With("k", (long)choices).With(name, activation)
            .Input(RandomTensor.F32(random, 5, 6)).Input(domain == "edge.moe" ? RandomTensor.F32(random, 6, 4) : RandomTensor.F32(random, 5, 4))
            .Constant(RandomTensor.F32(random, 4, 6, 6)).Absent().Constant(RandomTensor.F32(random, 4, 6, 6));
        Assert.Equal(choices > 4 ? "EC2001" : "EC2002", choices > 4 ? node.Fails() : Assert.Throws<OperatorException>(node.Fails).Code);
    }

    private OperatorCase Optional(OperatorCase node, bool present, params int[] shape) => present ? node.Constant(RandomTensor.F32(random, shape)) : node.Absent();

    private static double Sum(int count, Func<int, double> term) => Enumerable.Range(0, count).Sum(term);
}
