using System.Numerics;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Tests.Kernels;

/// <summary>Requantize as docs/numerics.md §2 writes it, in unbounded integers.</summary>
internal static class RequantizeModel
{
    public static int Apply(IntegerFinish finish, BigInteger sum, int index)
    {
        int i = finish.Multipliers.Count == 1 ? 0 : index;
        BigInteger scaled = sum * finish.Multipliers.Integer(i) + finish.Addends.Integer(i);
        BigInteger floor = scaled >> (int)finish.Shifts.Integer(i);
        return (int)BigInteger.Min(BigInteger.Max(floor, finish.Lo), finish.Hi);
    }

    public static IntegerFinish RandomFinish(Random random, int count, double scale, int lo = -128, int hi = 127, int bits = 16)
    {
        double[] ratios = [.. Enumerable.Range(0, count).Select(_ => scale * (0.5 + random.NextDouble()))];
        return FixedPoint.Finish(ratios, bits > 16 ? 0 : random.Next(-20, 20), lo, hi, bits: bits)!;
    }
}
