using Edgec.Evaluate;
using Xunit;

namespace Edgec.Tests.Evaluate;

public sealed class AveragePrecisionTests
{
    private static readonly Box A = new(0, 0, 2, 2), B = new(10, 10, 14, 14), C = new(3, 3, 6, 6), Nowhere = new(20, 20, 21, 21);

    [Theory]
    [InlineData(0, 0, 2, 2, 1)]
    [InlineData(1, 0, 3, 2, 2 / 6f)]
    [InlineData(0, 0, 1, 2, 0.5f)]
    [InlineData(2, 0, 4, 2, 0)]
    [InlineData(5, 5, 4, 4, 0)]
    public void Overlap(float x0, float y0, float x1, float y1, float expected)
    {
        Assert.Equal(expected, A.Overlap(new(x0, y0, x1, y1)), 1e-6f);
        Assert.Equal(expected, new Box(x0, y0, x1, y1).Overlap(A), 1e-6f);
    }

    // Hits at ranks 1 and 3 of 4, three boxes: 1/3 at precision 1, 1/3 at 2/3, and the third is never found.
    [Fact]
    public void The_area_under_hits_misses_and_doubles() => Assert.Equal(
        1 / 3.0 + 1 / 3.0 * 2 / 3, Of([[(A, .9f), (Nowhere, .8f), (B, .7f), (A, .6f)], []], [[A, B], [C]]), 1e-12);

    // Precision is 0, then 1/2, then 2/3: the last is the best at every recall.
    [Fact]
    public void Precision_is_the_best_at_that_recall_or_higher() => Assert.Equal(
        2 / 3.0, Of([[(Nowhere, .9f), (A, .8f), (B, .7f)]], [[A, B]]), 1e-12);

    [Fact]
    public void The_box_that_overlaps_most_decides_even_if_it_is_taken()
    {
        // The second detection overlaps Near by 4/5 and Far by 3/5, but Near has its own already.
        Box near = new(0, 0, 10, 10), far = new(0, 4, 10, 14), second = new(0, 1, 10, 11);
        Assert.True(second.Overlap(near) > second.Overlap(far) && second.Overlap(far) > 0.5);
        Assert.Equal(0.5, Of([[(near, .9f), (second, .8f)]], [[near, far]]), 1e-12);
    }

    [Fact]
    public void A_box_of_another_picture_or_class_does_not_match()
    {
        Assert.Equal(0, Of([[], [(A, .9f)]], [[A], []]));
        Assert.Equal(0, AveragePrecision.Mean([[new(A, 1, .9f)]], [[(A, 0)]], 0.5));
    }

    [Fact]
    public void Classes_count_alike_and_only_where_they_occur() => Assert.Equal(
        0.75, AveragePrecision.Mean([[new(A, 0, .9f), new(B, 1, .9f), new(C, 2, .9f)]], [[(A, 0), (B, 1), (C, 1)]], 0.5), 1e-12);

    [Fact]
    public void Half_an_overlap_is_enough() => Assert.Equal(1, Of([[(new(0, 0, 1, 2), .9f)]], [[A]]));

    [Fact]
    public void Without_truth_there_is_nothing_to_find() => Assert.Equal(0, Of([[(A, .9f)]], [[]]));

    private static double Of((Box Box, float Score)[][] found, Box[][] truth) => AveragePrecision.Mean(
        [.. found.Select(picture => picture.Select(d => new Detection(d.Box, 0, d.Score)).ToArray())],
        [.. truth.Select(picture => picture.Select(box => (box, 0)).ToArray())],
        0.5);
}
