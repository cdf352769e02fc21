using System.Numerics;

namespace Edgec.Tests.Backends;

/// <summary>Exact arithmetic on what a model states: integers and scales of single precision.</summary>
internal readonly record struct StatedRational(BigInteger Numerator, BigInteger Denominator)
{
    /// <summary>The very number a float holds.</summary>
    public static StatedRational Of(float value)
    {
        int exponent = (int)Math.Floor(Math.Log2(Math.Abs(value))) - 23;
        var mantissa = new BigInteger(Math.ScaleB((double)value, -exponent));
        return exponent < 0 ? new(mantissa, BigInteger.One << -exponent) : new(mantissa << exponent, 1);
    }

    public static StatedRational operator +(StatedRational a, StatedRational b) =>
        new(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    public static StatedRational operator *(StatedRational a, StatedRational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static StatedRational operator *(long a, StatedRational b) => new(a * b.Numerator, b.Denominator);

    public double Double => (double)Numerator / (double)Denominator;

    /// <summary>The nearest integer, ties to even.</summary>
    public BigInteger Nearest()
    {
        BigInteger twice = 2 * Numerator + Denominator, divisor = 2 * Denominator;
        BigInteger floor = BigInteger.Divide(twice - (((twice % divisor) + divisor) % divisor), divisor);
        return floor * divisor == twice && !floor.IsEven ? floor - 1 : floor;
    }
}
