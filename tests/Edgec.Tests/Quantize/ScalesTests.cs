using CsCheck;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Quantize;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Quantize;

public sealed class ScalesTests
{
    [Fact]
    public void An_activation_range_holds_its_ends_and_zero_exactly() =>
        Gen.Select(Gen.Float[-1000, 1000], Gen.Float[-1000, 1000]).Where(r => r.Item1 < r.Item2).Sample(r =>
        {
            Quantization q = Scales.Activation(new(r.Item1, r.Item2));
            Assert.InRange(q.Zero, -128, 127);
            double lo = q.Scale * (-128 - q.Zero), hi = q.Scale * (127 - q.Zero);
            // The zero point is rounded (half a step) and so is the scale, to float: 2^-24 of up to 255 steps.
            double slack = q.Scale * (0.5 + 255 / (double)(1 << 24)) + 1e-9;
            Assert.True(lo <= r.Item1 + slack && r.Item2 <= hi + slack);
        });

    [Fact]
    public void A_range_of_zero_alone_gets_scale_one() => Assert.Equal(Quantization.PerTensor(1, 0), Scales.Activation(new(0, 0)));

    [Fact]
    public void Weights_are_symmetric_with_a_scale_a_channel_and_zero_channels_take_the_tensors()
    {
        Tensor weights = Tensor.Of<float>([3, 2], [1, -2, 0, 0, 0.5f, 0.25f]);
        double[] scales = Scales.OfWeights(weights, 0, highest: 127);
        Assert.Equal([2f / 127, 2f / 127, 0.5f / 127], scales.Select(s => (float)s));
        Assert.Equal([64, -127, 0, 0, 127, 64], Scales.RoundWeights(weights, 0, bits: 8, scales).Integers());
    }

    [Fact]
    public void Weights_of_four_bits_reach_seven_either_way()
    {
        Tensor weights = Tensor.Of<float>([2, 3], [0.7f, -0.7f, 0.26f, 0, 3, -1.2f]);
        double[] scales = Scales.OfWeights(weights, 0, highest: 7);
        Tensor integers = Scales.RoundWeights(weights, 0, bits: 4, scales);
        Assert.Equal(ElementType.I4, integers.Element);
        Assert.Equal([7, -7, 3, 0, 7, -3], integers.Integers());
        Assert.Equal([0.7f / 7, 3f / 7], scales.Select(s => (float)s));
    }

    [Fact]
    public void A_large_bias_raises_the_scale_of_its_channel_so_that_it_fits()
    {
        Tensor weights = Tensor.Of<float>([1, 1], [1e-6f]), bias = Tensor.Of<float>([1], [1000]);
        double scale = Math.Max(Scales.OfWeights(weights, 0, 127)[0], Scales.LeastOfWeights(1, inputScale: 1e-3, outputScale: 1, bias)[0]);
        Tensor integers = Scales.Bias(bias, 1e-3, Quantization.PerChannel(0, [scale])).Integers;
        Assert.InRange(integers.Span<int>()[0], (1 << 30) - 64, (1 << 30) + 64);
    }

    [Fact]
    public void A_channel_that_adds_almost_nothing_still_requantizes()
    {
        double least = Scales.LeastOfWeights(1, inputScale: 0.01, outputScale: 0.1, bias: null)[0];
        Assert.InRange(least, 0, 0.1 / 0.01 / 1e9);
        Assert.NotNull(FixedPoint.Normalize(0.01 * least / 0.1, 16));
    }

    [Fact]
    public void Multipliers_are_normalised_and_within_their_error() => Gen.Double[-31, 14].Select(e => Math.Pow(2, e)).Sample(ratio =>
    {
        (int multiplier, int shift) = FixedPoint.Normalize(ratio, 16) ?? throw new InvalidOperationException($"{ratio} has no multiplier");
        Assert.InRange(multiplier, 32768, 65535);
        Assert.InRange(Math.Abs(Math.ScaleB(multiplier, -shift) / ratio - 1), 0, Math.ScaleB(1, -16));
    });
}
