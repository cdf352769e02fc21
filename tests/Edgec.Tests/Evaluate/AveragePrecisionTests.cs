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

    [Fact]
    public void A_picture_may_count_more_than_once()
    {
        Detection[][] found = [[new(A, 0, .9f), new(Nowhere, 0, .5f)], [new(B, 0, .8f), new(C, 0, .7f)], [new(C, 0, .95f)]];
        (Box, int)[][] truth = [[(A, 0)], [(B, 0), (A, 0)], []];
        var single = new AveragePrecision(found, truth, 0.5);
        var repeated = new AveragePrecision([found[0], found[1], found[1], found[1]], [truth[0], truth[1], truth[1], truth[1]], 0.5);
        Assert.Equal(repeated.Mean(), single.Mean([1, 3, 0]), 1e-12);
        Assert.NotEqual(single.Mean(), single.Mean([1, 3, 0]));
        Assert.Equal(0, single.Mean([0, 0, 5]));
    }

    // Of a mean of numbers it is their deviation by the root of how many they are.
    [Fact]
    public void Bootstrap_finds_the_standard_error_of_a_mean()
    {
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())];
        double error = Bootstrap.StandardError(values.Length, copies => values.Zip(copies, (value, n) => value * n).Sum() / values.Length);
        Assert.InRange(error, 0.85 * Math.Sqrt(1.0 / 12 / 400), 1.15 * Math.Sqrt(1.0 / 12 / 400));
        Assert.Equal(0, Bootstrap.StandardError(10, _ => 7));
    }

    private static double Of((Box Box, float Score)[][] found, Box[][] truth) => AveragePrecision.Mean(
        [.. found.Select(picture => picture.Select(d => new Detection(d.Box, 0, d.Score)).ToArray())],
        [.. truth.Select(picture => picture.Select(box => (box, 0)).ToArray())],
        0.5);
}
