using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Evaluate;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Evaluate;

public sealed class Top1Tests
{
    [Theory]
    [InlineData(0.5, 100, 0.4038, 0.5962)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(1, 10, 0.7225, 1)]
    [InlineData(0.963, 2000, 0.9538, 0.9704)]
    public void Intervals_are_Wilsons(double share, int count, double low, double high)
    {
        Interval interval = Interval.OfShare(share, count);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Fact]
    public void The_standard_error_is_that_of_the_differences()
    {
        // Of 20 samples float gets 3 right alone, the compiled model 1, both 10.
        (bool Float, bool Compiled)[] right = [.. Enumerable.Range(0, 20).Select(i => (i is < 3 or >= 4 and < 14, i is >= 3 and < 14))];
        Evaluation result = Judge(right);
        double[] differences = [.. right.Select(r => (r.Compiled ? 1.0 : 0) - (r.Float ? 1.0 : 0))];
        double mean = differences.Average(), error = Math.Sqrt(differences.Average(d => (d - mean) * (d - mean)) / differences.Length);
        Assert.Equal((13 / 20.0, 11 / 20.0), (result.Float, result.Quantized));
        Assert.Equal(mean, result.Quantized - result.Float!.Value, 12);
        Assert.Equal(error, result.StandardError!.Value, 12);
        Assert.Contains("-10.00 points, standard error of the pairs 9.75", new Top1().Describe(result), StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_always_agree_differ_by_nothing() => Assert.Equal(0, Judge([(true, true), (false, false)]).StandardError);

    private static Evaluation Judge((bool Float, bool Compiled)[] right)
    {
        DataInput port = new("y", ElementType.F32, [1, 2]);
        var labels = new Annotations(new Dictionary<string, int[]> { [Annotations.Common] = new int[right.Length] }, null);
        var data = new DataSet(right.Length, _ => new Dictionary<string, Tensor>(), labels);
        IMeasurement measurement = new Top1().Begin(new(data, [port], [port], null, right.Length));
        for (int i = 0; i < right.Length; i++)
            measurement.Add(i, [Scores(right[i].Float)], [Scores(right[i].Compiled)]);
        return measurement.Finish();

        static Tensor Scores(bool first) => Tensor.Of<float>([1, 2], first ? [1, 0] : [0, 1]);
    }
}
