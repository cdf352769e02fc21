using System.Numerics;

namespace Edgec.Tests.Backends;

/// <summary>A value of a stated network.</summary>
/// <param name="Least">The least of its 256 integers.</param>
/// <param name="Exact">Its reals from the integers of its operands.</param>
/// <param name="Sample">Its integers for one input.</param>
internal sealed record StatedValue(int[] Shape, float Scale, int Zero, int Least, int[] Operands, Func<int[][], StatedRational[]> Exact, int[] Sample)
{
    public StatedRational Real(int integer) => (integer - Zero) * StatedRational.Of(Scale);

    /// <summary>The integer a real becomes: nearest, ties to even.</summary>
    public int Integer(StatedRational real)
    {
        StatedRational scale = StatedRational.Of(Scale), steps = new(real.Numerator * scale.Denominator, real.Denominator * scale.Numerator);
        return (int)BigInteger.Max(Least, BigInteger.Min(Least + 255, steps.Nearest() + Zero));
    }
}
