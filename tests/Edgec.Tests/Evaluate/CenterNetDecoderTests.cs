using Edgec.Evaluate;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Evaluate;

public sealed class CenterNetDecoderTests
{
    private const int Side = 4;

    private static readonly Tensor Zero = Tensor.Zeros(ElementType.F32, [1, 2, Side, Side]);

    [Fact]
    public void A_maximum_is_a_box_in_pixels()
    {
        Tensor size = Maps(2, (0, 1, 2, 3f), (1, 1, 2, 1f)), offset = Maps(2, (0, 1, 2, 0.5f), (1, 1, 2, 0.25f));
        Detection best = CenterNetDecoder.Decode(Maps(2, (1, 1, 2, 2f)), size, offset, 4)[0];
        Assert.Equal(new Box(10 - 6, 5 - 2, 10 + 6, 5 + 2), best.Box);
        Assert.Equal(1, best.Class);
        Assert.Equal(1 / (1 + Math.Exp(-2)), best.Score, 1e-6);
    }

    [Fact]
    public void Of_equal_neighbours_only_the_first_in_row_order_stays()
    {
        Tensor heatmap = Maps(1, (0, 1, 1, 3f), (0, 1, 2, 3f), (0, 2, 0, 3f), (0, 2, 1, 3f));
        Detection only = Assert.Single(CenterNetDecoder.Decode(heatmap, Zero, Zero, 1), d => d.Score > 0.9);
        Assert.Equal((1, 1), (only.Box.X0, only.Box.Y0));
    }

    [Fact]
    public void Equal_maxima_that_do_not_touch_both_stay_and_each_class_has_its_own()
    {
        Tensor heatmap = Maps(2, (0, 0, 0, 3f), (0, 0, 2, 3f), (1, 0, 0, 3f));
        Assert.Equal([(0, 0f), (0, 2f), (1, 0f)], CenterNetDecoder.Decode(heatmap, Zero, Zero, 1).Where(d => d.Score > 0.9).Select(d => (d.Class, d.Box.X0)));
    }

    [Fact]
    public void A_larger_neighbour_in_any_direction_suppresses()
    {
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++)
            {
                if ((row, column) == (1, 1))
                    continue;
                Tensor heatmap = Maps(1, (0, 1, 1, 3f), (0, row, column, 4f));
                Assert.Equal((column, row), Assert.Single(CenterNetDecoder.Decode(heatmap, Zero, Zero, 1).Where(d => d.Score > 0.9).Select(d => (d.Box.X0, d.Box.Y0))));
            }
        }
    }

    [Fact]
    public void No_more_than_a_hundred()
    {
        const int Wide = 42;
        Tensor heatmap = Tensor.Of([1, 1, Wide, Wide], Enumerable.Range(0, Wide * Wide).Select(i => i % Wide % 2 == 0 && i / Wide % 2 == 0 ? i / 1000f : -9f).ToArray());
        Tensor zero = Tensor.Zeros(ElementType.F32, [1, 2, Wide, Wide]);
        var found = CenterNetDecoder.Decode(heatmap, zero, zero, 1);
        Assert.Equal(CenterNetDecoder.Top, found.Length);
        Assert.Equal(found.OrderByDescending(d => d.Score), found);
        Assert.Equal((40, 40), (found[0].Box.X0, found[0].Box.Y0));
    }

    private static Tensor Maps(int channels, params (int Channel, int Row, int Column, float Value)[] cells)
    {
        float[] values = [.. Enumerable.Repeat(-5f, channels * Side * Side)];
        foreach ((int channel, int row, int column, float value) in cells)
            values[(channel * Side + row) * Side + column] = value;
        return Tensor.Of([1, channels, Side, Side], values);
    }
}
