using Edgec.Data;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Data;

public sealed class NoiseTests
{
    private static readonly DataInput[] Inputs = [new("x", ElementType.F32, [1, 10000]), new("y", ElementType.F32, [4])];

    [Fact]
    public void Noise_never_changes()
    {
        DataSet data = DataSet.Noise(Inputs, 3, seed: 1);
        Assert.Equal(3, data.Count);
        Assert.Equal([-1.13644409f, 0.394866943f, 2.42102051f, -0.626724243f], data.Sample(2)["y"].Span<float>());
    }

    [Fact]
    public void Noise_is_normal()
    {
        float[] values = DataSet.Noise(Inputs, 1, seed: 7).Sample(0)["x"].Span<float>().ToArray();
        double mean = values.Average(v => (double)v), variance = values.Average(v => (v - mean) * (v - mean));
        Assert.InRange(mean, -0.03, 0.03);
        Assert.InRange(variance, 0.95, 1.05);
        Assert.InRange(values.Count(v => Math.Abs(v) < 1) / 10000.0, 0.66, 0.70);
        Assert.InRange(values.Max(), 3, 6);
        Assert.InRange(values.Min(), -6, -3);
    }

    [Fact]
    public void Samples_inputs_and_seeds_differ_and_repeat()
    {
        float[] firsts =
        [
            First(1, 0, "x"), First(1, 1, "x"), First(1, 2, "x"), First(2, 0, "x"), First(3, 0, "x"), First(-1, 0, "x"),
            First(1, 0, "y"), First(1, 1, "y"), First(2, 0, "y"),
        ];
        Assert.Equal(firsts.Length, firsts.Distinct().Count());
        Assert.Equal(firsts[1], First(1, 1, "x"));
    }

    [Theory]
    [InlineData(ElementType.U8, 0, 255)]
    [InlineData(ElementType.I8, -128, 127)]
    [InlineData(ElementType.I64, 0, 1)]
    [InlineData(ElementType.I32, 0, 1)]
    [InlineData(ElementType.Bool, 0, 1)]
    public void Integers_keep_to_what_they_may_mean(ElementType element, long lo, long hi)
    {
        Tensor tensor = DataSet.Noise([new("x", element, [20000])], 1, 0).Sample(0)["x"];
        Assert.Equal(element, tensor.Element);
        Assert.Equal((lo, hi), (tensor.Integers().Min(), tensor.Integers().Max()));
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.F64)]
    public void Other_floats_are_the_same_noise(ElementType element)
    {
        Tensor tensor = DataSet.Noise([new("x", element, [10])], 1, 0).Sample(0)["x"], single = DataSet.Noise([new("x", ElementType.F32, [10])], 1, 0).Sample(0)["x"];
        Assert.Equal(element, tensor.Element);
        for (int i = 0; i < 10; i++)
            Assert.Equal(single.Number(i), tensor.Number(i), 0.01);
    }

    private static float First(long seed, int index, string input) => DataSet.Noise(Inputs, 5, seed).Sample(index)[input].Span<float>()[0];
}
