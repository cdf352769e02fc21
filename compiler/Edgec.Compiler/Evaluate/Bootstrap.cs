namespace Edgec.Evaluate;

/// <summary>How far a number measured on some samples would spread on others: samples are drawn again from themselves, with replacement
/// (Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7, 1979).</summary>
public static class Bootstrap
{
    /// <summary>Times that samples are drawn: the spread is then known to about a twentieth.</summary>
    private const int Draws = 200;

    /// <summary>The standard error of a statistic; seeded, so always the same.</summary>
    /// <param name="count">Number of samples.</param>
    /// <param name="statistic">Of samples that are counted as often as the list says.</param>
    public static double StandardError(int count, Func<int[], double> statistic)
    {
        var random = new Random(1);
        var drawn = new double[Draws];
        for (int draw = 0; draw < Draws; draw++)
        {
            var copies = new int[count];
            for (int i = 0; i < count; i++)
                copies[random.Next(count)]++;
            drawn[draw] = statistic(copies);
        }

        double mean = drawn.Average();
        return Math.Sqrt(drawn.Sum(value => (value - mean) * (value - mean)) / (Draws - 1));
    }
}
