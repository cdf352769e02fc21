using System.Numerics;
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

/// <summary>Layers with a branch of 16 bits: two exact sums, one rounding.</summary>
public sealed class BranchedTests
{
    private static readonly Conv Convolution = new(new([3, 3], [1, 1], [1, 1], [1, 1, 1, 1]), 1, Activation.None, ChannelsLast: true);

    private readonly Random random = new(8);

    [Theory]
    [InlineData(ElementType.I8, false, 0.02)]
    [InlineData(ElementType.I8, true, 0.5)]
    [InlineData(ElementType.I16, false, 0.001)]
    [InlineData(ElementType.I16, true, 0.0002)]
    public void The_error_bound_holds(ElementType element, bool dense, double scale)
    {
        QuantizedNode node = Node(element, dense, scale);
        double bound = RoundingError.Of(node.Kernel())!.Value;
        Assert.InRange(bound, 0.5, 0.6);
        // The exact value is computed in single precision, which tells 16-bit results apart to some thousandths of a step.
        Assert.InRange(node.WorstError(), 0.3, bound + (element == ElementType.I16 ? 0.01 : 0.0001));
    }

    [Theory]
    [InlineData(RoundingProfile.Single)]
    [InlineData(RoundingProfile.Onnx)]
    [InlineData(RoundingProfile.Tflite)]
    [InlineData(RoundingProfile.Truncate)]
    public void Both_sums_are_complete_before_they_are_rounded(RoundingProfile profile)
    {
        BranchedKernel kernel = BranchedCases.Random(random, ElementType.I8, new(1, 4, 1, 9, 4, 1, 3, 1, 1, 1, 1, 1, 1, 0, 0, 1), 5, profile);
        Tensor x = RandomTensor.I8(random, 4, 9), thin = I16(4, 5);
        Tensor y = KernelRunner.Run(kernel, [x, thin], ElementType.I8, [4, 3]);
        JoinedFinish f = kernel.Finish;
        for (int row = 0; row < 4; row++)
        {
            for (int c = 0; c < 3; c++)
            {
                BigInteger sum = kernel.Bias.Integer(c), second = 0;
                for (int k = 0; k < 9; k++)
                    sum += kernel.Weights.Integer(c * 9 + k) * (x.Integer(row * 9 + k) - kernel.InputZero);
                for (int k = 0; k < 5; k++)
                    second += kernel.Branch.Integer(c * 5 + k) * thin.Integer(row * 5 + k);
                BigInteger scaled = sum * f.Multipliers.Integer(c) + second * f.BranchMultipliers.Integer(c) + f.Addends.Integer(c), step = BigInteger.One << (int)f.Shifts.Integer(c);
                BigInteger floor = scaled >> (int)f.Shifts.Integer(c);
                if (profile == RoundingProfile.Onnx && scaled % step == 0 && !floor.IsEven)
                    floor--;
                Assert.Equal((int)BigInteger.Clamp(floor + f.Zero, f.Lo, f.Hi), y.Integer(row * 3 + c));
            }
        }
    }

    [Fact]
    public void The_larger_multiplier_fills_its_window_and_both_have_one_shift()
    {
        JoinedFinish finish = FixedPoint.Joined([0.75, 0.001, 0], [0.003, 0.5, 0], 3, -128, 127, RoundingProfile.Single)!;
        Assert.Equal([0xC00000, 16777, 0], finish.Multipliers.Integers());
        Assert.Equal([50332, 0x800000, 0], finish.BranchMultipliers.Integers());
        Assert.Equal([24L, 24, 1], finish.Shifts.Integers());
        Assert.Equal([(3L << 24) + (1 << 23), (3L << 24) + (1 << 23), 7], finish.Addends.Integers());
        Assert.Null(FixedPoint.Joined([1e9], [1], 0, -128, 127, RoundingProfile.Single));
    }

    [Fact]
    public void What_it_cannot_do_is_a_diagnostic()
    {
        QuantizedNode node = Node(ElementType.I8, false, 0.02);
        QuantizedNode dense = Node(ElementType.I8, true, 0.5);
        (Tensor, Quantization?)[] upright = [.. dense.Operands];
        upright[1] = (RandomTensor.I8(random, 8, 6), dense.Operands[1].Type);
        Assert.Equal("EC4001", Code(() => (dense with { Op = new Branched(new MatMul(TransposeB: false, Activation.None)), Operands = upright }).Kernel()));
        Assert.Equal("EC3002", Code(() => (node with { Output = Quantization.PerTensor(1e-12, 0) }).Kernel()));
        (Tensor, Quantization?)[] narrow = [.. node.Operands];
        narrow[3] = (RandomTensor.I8(random, 1, 5, 4, 3), Quantization.PerTensor(0.1, 0));
        Assert.Equal("EC4001", Code(() => (node with { Operands = narrow }).Kernel()));
        narrow[3] = (I16(1, 5, 4, 2), Quantization.PerTensor(0.1, 0));
        Assert.Contains("does not fit", Assert.Throws<OperatorException>(() => (node with { Operands = narrow }).Kernel()).Message, StringComparison.Ordinal);
        static string Code(Action action) => Assert.Throws<OperatorException>(action).Code;
    }

    [Fact]
    public void Sums_that_may_overflow_are_refused()
    {
        BranchedKernel kernel = BranchedCases.Random(random, ElementType.I8, new(1, 1, 1, 4, 1, 1, 2, 1, 1, 1, 1, 1, 1, 0, 0, 1), 600);
        Tensor branch = kernel.Branch;
        branch.Span<sbyte>().Fill(127);
        Assert.Equal("EC4006", Assert.Throws<OperatorException>(() => AccumulatorRange.Prove(kernel, ElementType.I8)).Code);
        BranchedKernel thin = kernel with { Branch = Tensor.Of([2, 4], branch.Span<sbyte>()[..8]) };
        AccumulatorRange.Prove(thin, ElementType.I8);
        JoinedFinish wide = thin.Finish with { Multipliers = Tensor.Of<int>([2], [int.MaxValue, int.MaxValue]), Addends = Tensor.Of<long>([2], [1L << 61, (1L << 62) - 1]) };
        Assert.Equal("EC4007", Assert.Throws<OperatorException>(() => AccumulatorRange.Prove(thin with { Finish = wide }, ElementType.I8)).Code);
    }

    private QuantizedNode Node(ElementType element, bool dense, double scale)
    {
        Operator layer = dense ? new MatMul(TransposeB: true, Activation.None) : Convolution;
        bool wide = element == ElementType.I16;
        Quantization x = wide ? Quantization.PerTensor(0.0001, 0) : Quantization.PerTensor(0.02, 7), w = PerChannel(6, 0.03), v = PerChannel(6, 0.01);
        Quantization bias = Quantization.PerChannel(0, [.. Enumerable.Range(0, 6).Select(i => x.Scale * w.ScaleOf(i))]);
        return new(
            new Branched(layer),
            [
                (wide ? I16([1, 5, 4, 8]) : RandomTensor.I8(random, 1, 5, 4, 8), x),
                (dense ? RandomTensor.I8(random, 6, 8) : RandomTensor.I8(random, 6, 3, 3, 8), w),
                (RandomTensor.I32(random, 1000, 6), bias),
                (I16([1, 5, 4, 3]), Quantization.PerTensor(0.0002, 0)),
                (RandomTensor.I8(random, 6, 3), v),
            ],
            Quantization.PerTensor(scale, wide ? 0 : -9), 1, 2, 4)
        { Element = element };
    }

    private Quantization PerChannel(int count, double scale) =>
        Quantization.PerChannel(0, [.. Enumerable.Range(0, count).Select(_ => scale * (0.5 + random.NextDouble()))]);

    private Tensor I16(params int[] extents)
    {
        Shape shape = [.. extents];
        return Tensor.Of<short>(shape, [.. Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1))]);
    }
}
