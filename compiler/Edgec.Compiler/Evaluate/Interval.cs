namespace Edgec.Evaluate;

/// <summary>Between which numbers a measured share lies with 95 % confidence.</summary>
public readonly record struct Interval(double Low, double High)
{
    private const double Quantile = 1.959963984540054;

    /// <summary>Wilson's score interval (E. B. Wilson, JASA 22, 1927) of a share of <paramref name="count"/> independent samples.</summary>
    public static Interval OfShare(double share, int count)
    {
        double z = Quantile * Quantile / count;
        double middle = (share + z / 2) / (1 + z), half = Quantile * Math.Sqrt(share * (1 - share) / count + z / (4 * count)) / (1 + z);
        return new(Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
