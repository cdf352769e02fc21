using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Kernels;

/// <summary>The reference kernels for normalisation against its definition.</summary>
public sealed class LayerNormReferenceTests
{
    [Theory]
    [InlineData(3, 1, 1, 7, true)]
    [InlineData(2, 5, 3, 4, true)]
    [InlineData(2, 5, 3, 4, false)]
    [InlineData(1, 9, 4, 1, true)]
    public void Rows_are_scaled_by_their_deviation(int outer, int length, int groups, int channels, bool centered)
    {
        var random = new Random(8);
        var g = new GroupGeometry(outer, length, groups, channels);
        Tensor x = RandomTensor.F32(random, outer, length, groups, channels), scale = RandomTensor.F32(random, g.Pitch), bias = RandomTensor.F32(random, g.Pitch);
        Tensor y = KernelRunner.Run(new GroupNormKernel(new FloatLayerNormStep(centered, 1e-5f, scale, bias), g), [x], ElementType.F32, x.Shape);
        Tensor plain = KernelRunner.Run(new GroupNormKernel(new FloatLayerNormStep(centered, 1e-5f, scale, null), g), [x], ElementType.F32, x.Shape);
        for (int at = 0; at < x.Count; at++)
        {
            int parameter = at % g.Pitch, group = parameter / channels, o = at / (g.Pitch * length);
            double[] row = [.. Enumerable.Range(0, x.Count).Where(i => i / (g.Pitch * length) == o && i % g.Pitch / channels == group).Select(x.Number)];
            double mean = centered ? row.Average() : 0, variance = row.Average(v => (v - mean) * (v - mean));
            double expected = (x.Number(at) - mean) / Math.Sqrt(variance + 1e-5) * scale.Number(parameter);
            Assert.Equal(expected, plain.Number(at), 1e-5);
            Assert.Equal(expected + bias.Number(parameter), y.Number(at), 1e-5);
        }
    }
}
