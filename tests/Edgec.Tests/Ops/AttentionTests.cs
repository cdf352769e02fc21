using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Fused attention against exact arithmetic on the same 8-bit scores, which the first product alone gives.</summary>
public sealed class AttentionTests
{
    private static readonly Quantization Query = Quantization.PerTensor(0.02, 5), Key = Quantization.PerTensor(0.03, -7), Value = Quantization.PerTensor(0.05, 11);

    private readonly Random random = new(3);

    [Theory]
    [InlineData(1, 0.1f, 0.05)]
    [InlineData(2, 0.001f, 0.05)]
    [InlineData(49, 0.05f, 0.05)]
    [InlineData(49, 0.05f, 0.02)]
    [InlineData(196, 0.02f, 0.1)]
    [InlineData(513, 0.2f, 0.05)]
    [InlineData(1024, 0.001f, 0.05)]
    public void The_error_bound_holds(int columns, float scoreScale, double outputScale)
    {
        Quantization y = Quantization.PerTensor(outputScale, -20);
        Tensor q = RandomTensor.I8(random, 1, 40, 6), k = RandomTensor.I8(random, 1, columns, 6), v = RandomTensor.I8(random, 1, columns, 5);
        var node = new QuantizedNode(new Attention(true, 0.4f, scoreScale, 2, Activation.None), [(q, Query), (k, Key), (v, Value)], y);
        var kernel = Assert.IsType<AttentionKernel>(node.Kernel());
        AccumulatorRange.Prove(kernel, ElementType.I8);
        double bound = RoundingError.Of(kernel)!.Value;
        Tensor scores = new QuantizedNode(
            new MatMul(true, Activation.None), [(q, Query), (k, Key)], Quantization.PerTensor(scoreScale / 0.4f, 2)).Run(), actual = node.Run();
        for (int r = 0; r < 40; r++)
        {
            double[] weights = [.. Enumerable.Range(0, columns).Select(c => Math.Exp(scoreScale * scores.Integer(r * columns + c)))];
            double sum = weights.Sum();
            for (int i = 0; i < 5; i++)
            {
                double mean = Enumerable.Range(0, columns).Sum(c => weights[c] * Value.Scale * (v.Integer(c * 5 + i) - Value.Zero)) / sum;
                double ideal = Math.Clamp(mean / y.Scale + y.Zero, sbyte.MinValue, sbyte.MaxValue);
                Assert.InRange(Math.Abs(actual.Integer(r * 5 + i) - ideal), 0, bound);
            }
        }
    }

    [Fact]
    public void The_bound_is_a_step_for_the_rows_of_vision_transformers()
    {
        var node = new QuantizedNode(
            new Attention(true, 1, 0.05f, 0, Activation.None),
            [(RandomTensor.I8(random, 1, 4, 8), Query), (RandomTensor.I8(random, 1, 64, 8), Key), (RandomTensor.I8(random, 1, 64, 8), Value)], Quantization.PerTensor(0.05, 0));
        Assert.InRange(RoundingError.Of(node.Kernel())!.Value, 0.5, 0.8);
    }

    [Fact]
    public void What_it_cannot_do_is_a_diagnostic()
    {
        Tensor one = RandomTensor.I8(random, 1, 2, 2);
        (Tensor, Quantization?)[] operands = [(one, Query), (one, Key), (one, Value)];
        var op = new Attention(true, 1, 0.05f, 0, Activation.None);
        Assert.Equal("EC3002", Code(new(op, operands, Quantization.PerTensor(1e-8, 0))));
        Tensor real = Tensor.Of<float>([1, 2, 2], [1, 2, 3, 4]);
        Assert.Equal("EC4001", Code(new(op, [(real, null), (real, null), (real, null)], null)));
        static string Code(QuantizedNode node) => Assert.Throws<OperatorException>(() => node.Kernel()).Code;
    }
}
