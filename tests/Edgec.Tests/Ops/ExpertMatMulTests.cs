using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Emit;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Products with the weights of experts, against their definition.</summary>
public sealed class ExpertMatMulTests
{
    private readonly Random random = new(12);

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Each_row_meets_the_weights_of_its_experts(bool rowPerChoice, bool byExpert)
    {
        const int batch = 2, rows = 5, choices = 2, experts = 4, inner = 3, columns = 6;
        Tensor x = rowPerChoice ? RandomTensor.F32(random, batch, rows, choices, inner) : RandomTensor.F32(random, batch, rows, inner);
        Tensor weights = RandomTensor.F32(random, experts, inner, columns), bias = RandomTensor.F32(random, experts * columns);
        // Of 4 experts -1 is the last, -9 stands for the first and 7 for the last, as with Gather.
        long[] chosen = [.. Enumerable.Range(0, batch * rows * choices).Select(i => i switch { 2 => -1L, 5 => -9, 7 => 7, _ => random.Next(experts) })];
        var op = new ExpertMatMul(experts, new(-0.5f, 2), byExpert);
        Tensor y = op.Evaluate(new([x, ExpertMatMul.Columns(weights), bias, Tensor.Of([batch, rows, choices], chosen)], 1))[0];
        Assert.Equal(op.Infer(new([Type(x), Type(weights.Reshape([experts * columns, inner])), Type(bias), new(ElementType.I64, [batch, rows, choices])], [], 1))[0].Shape, y.Shape);
        Assert.Equal([batch, rows, choices, columns], y.Shape);
        for (int i = 0; i < y.Count; i++)
        {
            int row = i / columns, column = i % columns, expert = chosen[row] switch { -1 or 7 => 3, -9 => 0, var e => (int)e };
            double sum = bias.Number(expert * columns + column);
            for (int k = 0; k < inner; k++)
                sum += x.Number((rowPerChoice ? row : row / choices) * inner + k) * weights.Number((expert * inner + k) * columns + column);
            Assert.Equal(Math.Clamp(sum, -0.5, 2), y.Number(i), 4);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Integers_round_once(bool wide)
    {
        const int rows = 7, choices = 2, experts = 3, inner = 20, columns = 8;
        ElementType element = wide ? ElementType.I16 : ElementType.I8;
        var scales = Quantization.PerChannel(0, [.. Enumerable.Range(0, experts * columns).Select(i => 0.01 + 0.001 * i)]);
        Tensor x = wide ? RandomTensor.I16(random, rows, inner) : RandomTensor.I8(random, rows, inner), weights = RandomTensor.I8(random, experts * columns, inner);
        Quantization input = wide ? Quantization.PerTensor(0.0001, 0) : Quantization.PerTensor(0.02, 5), output = wide ? Quantization.PerTensor(0.001, 0) : Quantization.PerTensor(0.3, -11);
        Tensor bias = RandomTensor.I32(random, 5000, experts * columns), indices = Tensor.Of([rows, choices], [.. Enumerable.Range(0, rows * choices).Select(i => (long)(i * i % experts))]);
        var biasScales = Quantization.PerChannel(0, [.. Enumerable.Range(0, experts * columns).Select(i => input.Scale * scales.ScaleOf(i))]);
        var node = new QuantizedNode(new ExpertMatMul(experts, Activation.None), [(x, input), (weights, scales), (bias, biasScales), (indices, null)], output, 1, 2) { Element = element };
        double worst = node.WorstError(), bound = RoundingError.Of(node.Kernel())!.Value;
        Assert.InRange(worst, 0, wide ? bound + 0.05 : bound);
    }

    [Theory]
    [InlineData(ElementType.I8)]
    [InlineData(ElementType.I16)]
    [InlineData(ElementType.F32)]
    public void Both_orders_give_the_same_bits(ElementType element)
    {
        foreach (KernelCase c in ExpertCases.All(element))
        {
            var kernel = (ExpertMatmulKernel)c.Kernel;
            ImmutableArray<Tensor> operands = [Values(element, [.. c.Operands[0].Shape]), c.Constants[1]];
            Tensor[] results = [.. new[] { false, true }.Select(byExpert =>
                KernelRunner.Run(kernel with { Geometry = kernel.Geometry with { ByExpert = byExpert } }, operands, element, c.Result.Shape))];
            Assert.Equal(results[0].Bytes, results[1].Bytes);
        }
    }

    [Fact]
    public void Queues_hold_rows_in_their_order_and_skip_experts_without_any()
    {
        var g = new ExpertGeometry(4, 2, 5, 1, 1, false, ByExpert: true);
        Assert.Equal([(2, 0), (1, 1), (5, 1), (0, 3), (3, 3), (4, 4), (6, 4), (7, 4)], g.Order<long>([3, 1, 0, 3, 4, 1, -1, 99]));
        Assert.Equal([(0, 3), (1, 1)], (g with { ByExpert = false }).Order<int>([3, 1, 0, 3, 4, 1, -1, 99])[..2]);
    }

    [Theory]
    [InlineData(3, 2, 4)] // experts do not divide the columns
    [InlineData(2, 3, 4)] // another inner extent
    [InlineData(2, 2, 5)] // rows without indices
    public void What_does_not_fit_is_refused(int experts, int inner, int rows)
    {
        var op = new ExpertMatMul(experts, Activation.None);
        Assert.Throws<OperatorException>(() => op.Infer(new([F32([rows, inner]), F32([8, 2]), null, new(ElementType.I64, [4, 1])], [], 1)));
    }

    [Fact]
    public void Known_indices_must_be_in_range()
    {
        var op = new ExpertMatMul(2, Activation.None);
        Assert.Throws<OperatorException>(() => op.Infer(new([F32([1, 2]), F32([8, 2]), null, new(ElementType.I64, [1, 1])], [null, null, null, Tensor.Of<long>([1, 1], [2])], 1)));
    }

    private Tensor Values(ElementType element, int[] extents) => element switch
    {
        ElementType.I8 => RandomTensor.I8(random, extents),
        ElementType.I16 => RandomTensor.I16(random, extents),
        _ => RandomTensor.F32(random, extents),
    };

    private static TensorType Type(Tensor tensor) => new(tensor.Element, tensor.Shape);

    private static TensorType F32(Shape shape) => new(ElementType.F32, shape);
}
