using System.Numerics;

namespace Edgec.Tests.Lowering;

/// <summary>The ranges that the documentation of each function states; the rest take whole types.</summary>
internal static class KernelDomains
{
    private static readonly Int128 Two62 = Int128.One << 62;
    private static readonly (Int128 Low, Int128 High) Int = (int.MinValue, int.MaxValue);
    private static readonly (Int128 Low, Int128 High) Value = (short.MinValue, ushort.MaxValue);
    private static readonly (Int128 Low, Int128 High) Signed16 = (short.MinValue, short.MaxValue);
    private static readonly (Int128 Low, Int128 High) Zero = (sbyte.MinValue, byte.MaxValue);
    private static readonly (Int128 Low, Int128 High) Factor = (-(1 << 23), 1 << 23);
    private static readonly (Int128 Low, Int128 High) Factor15 = (-32767, 32767);
    private static readonly (Int128 Low, Int128 High) Reciprocal = (32768, 65535);
    private static readonly (Int128 Low, Int128 High) FractionBits = (0, 7);
    private static readonly (Int128 Low, Int128 High) Value9 = (-256, 255);

    public static IReadOnlyDictionary<string, KernelDomain> ByFunction { get; } = new Dictionary<string, KernelDomain>
    {
        ["Scalar.Requantize"] = Requantize(Int, Int),
        ["Scalar.RequantizeWide"] = Requantize((-Two62, Two62), Int),
        ["Scalar.RequantizeJoined"] = new((-Two62, Two62), Int, (-Two62, Two62), Int, (-Two62, Two62), (1, 47), Int, Int) { Where = Joined },
        ["Scalar.Requantize16"] = Requantize(Int, (0, ushort.MaxValue)),
        ["Scalar.AddQuantized"] = new(
            Value, Value, Factor, Value, Value, Factor, (1, 47), Signed16, Int, Int),
        ["Scalar.AddQuantized32"] = new(
            Zero, Zero, Factor15, Zero, Zero, Factor15, (1, 30), Signed16, Int, Int),
        ["Scalar.MultiplyQuantized"] = new(
            Signed16, Zero, Signed16, Zero, (0, int.MaxValue), (-Two62 / 2, Two62 / 2), (1, 47), Int, Int),
        ["Scalar.PreluQuantized"] = new(
            Zero, Zero, Zero, Zero, (0, 1 << 30), (0, 1 << 30), (-Two62 / 2, Two62 / 2), (1, 47), Int, Int),
        ["Scalar.Position"] = new((long.MinValue, long.MaxValue), (1, int.MaxValue)),

        ["Scalar.PreluWide"] = new(Signed16, Signed16, (0, 1 << 24), (1, 47), (0, 1 << 24), (1, 47), Int, Int),
        ["Scalar.DivideWide"] = new(Signed16, Signed16, (0, int.MaxValue), (1, 47), Int, Int),

        ["Rounding.HalfEven"] = Rounded(Int, (0, int.MaxValue), (1, 47)),
        ["Rounding.HalfEvenWide"] = Rounded((-Two62, Two62), (0, int.MaxValue), (1, 47)),
        ["Rounding.JoinedHalfEven"] = new((-Two62, Two62), Int, (-Two62, Two62), Int, (-Two62, Two62), (1, 47), Signed16, Int, Int) { Where = Joined },
        ["Rounding.EvenTie"] = new((-Two62, Two62), (1, 62), Signed16, Int, Int),
        ["Rounding.Twice"] = Rounded(Int, (0, int.MaxValue), (1, 62)),
        ["Rounding.AddHalfEven"] = new(Value, Value, Factor, Value, Value, Factor, (1, 47), Signed16, Int, Int),
        ["Rounding.AddTruncated"] = new(Value, Value, Factor, Value, Value, Factor, (1, 47), Signed16, Int, Int),

        ["Division.Quotient"] = new((0, ulong.MaxValue), (1, uint.MaxValue)),

        ["Softmax.Reciprocal"] = new((1, uint.MaxValue), (0, 31))
        {
            Derive = row => row[1] = BitOperations.LeadingZeroCount((uint)row[0]),
        },
        ["Softmax.LogarithmIndex"] = new((1, uint.MaxValue), (0, 31)),
        ["Softmax.Logarithm"] = new((1, uint.MaxValue), (0, 31), (0, 1 << 30), (0, 1 << 30)),
        ["Softmax.LogWeight"] = new((-65535, 0), (0, int.MaxValue), (-(Int128.One << 60), Int128.One << 60), (1, 47), Signed16, Int, Int),
        ["Softmax.Weight"] = new((0, 32767), Reciprocal, (0, 31), (1, 32767)),
        ["Softmax.RequantizeWeighted"] = new(
            (-(Int128.One << 40), Int128.One << 40), Reciprocal, (0, 31), (0, 65535), (-31, 46), Signed16, Int, Int)
        {
            Where = row => Magnitude(row[0], row[1], row[3]) < Two62 && 47 - row[2] + row[4] is >= 1 and <= 62,
        },

        ["Softmax.ExponentPosition"] = new((0, 65535), (1 << 15, (1 << 24) - 1), (1, 47)),
        ["Softmax.Exponential"] = new((1 << 17, 262136), (1 << 17, 262136), (0, 4194304)),

        ["LayerNorm.Reciprocal"] = new((1, long.MaxValue), (-15, 16))
        {
            Derive = row => row[1] = (BitOperations.Log2((ulong)row[0]) - 30) >> 1,
        },
        ["LayerNorm.Normalize"] = new(Int, Signed16, (0, 65535), Int, (8, 62), Signed16, Int, Int)
        {
            Where = row => Magnitude(row[0], row[1], row[2]) < Two62 / 2 && Int128.Abs(row[3]) << (int)(row[4] - 8) < Two62 / 2,
        },

        ["Interpolation.Linear"] = new((-65536, 65535), (-65536, 65535), (0, 8192), (1, 13))
        {
            Derive = row => row[2] %= (1L << (int)row[3]) + 1,
        },
        ["Interpolation.Curve"] = new((-(1 << 23), (1 << 23) - 1), (-(1 << 23), (1 << 23) - 1), (0, 127), (0, 7), Int, Int)
        {
            Derive = row => row[2] &= (1L << (int)row[3]) - 1,
        },
        ["Interpolation.ReluDelta"] = new(
            Signed16, (-(1 << 23), (1 << 23) - 1), (-(1 << 23), (1 << 23) - 1), (0, 127), (0, 7), (1 << 15, (1 << 24) - 1), (11, 40), Signed16, Signed16)
        {
            Derive = row => row[3] &= (1L << (int)row[4]) - 1,
            Where = row => Int128.Abs(Math.Max(Math.Abs(row[1]), Math.Abs(row[2]))) << (int)(row[6] - 4) < Two62,
        },
        ["Interpolation.BilinearSum"] = new(Value9, Value9, Value9, Value9, (0, 128), (0, 128), FractionBits)
        {
            Derive = row =>
            {
                row[4] %= (1L << (int)row[6]) + 1;
                row[5] %= (1L << (int)row[6]) + 1;
            },
        },
        ["Interpolation.Sample"] = new((-(1 << 22), 1 << 22), FractionBits),
        ["Interpolation.SampleMasked"] = new((-(1 << 22), 1 << 22), (0, 256), FractionBits),
        ["Interpolation.SampleRows"] = new((-16320, 16320), (-32640, 32640), (0, 64), (0, 6)),

        ["Constructs.DivideUnsigned"] = new((0, long.MaxValue), (0, uint.MaxValue)),
        ["Constructs.Mixed"] = new((0, uint.MaxValue), (-1 << 30, 1 << 30)),
        ["Constructs.Branches"] = new((-1 << 30, 1 << 30), (-1 << 30, 1 << 30)),
        ["Constructs.Parameters"] = new(Int, Int),
    };

    private static KernelDomain Requantize((Int128 Low, Int128 High) acc, (Int128 Low, Int128 High) multiplier) =>
        new(acc, multiplier, (-Two62, Two62), (1, 47), Int, Int)
        {
            Where = row => Magnitude(row[0], row[1], 1) + Int128.Abs(row[2]) < Two62,
        };

    private static KernelDomain Rounded((Int128 Low, Int128 High) acc, (Int128 Low, Int128 High) multiplier, (Int128 Low, Int128 High) shift) =>
        new(acc, multiplier, (-Two62, Two62), shift, Signed16, Int, Int)
        {
            Where = row => Magnitude(row[0], row[1], 1) + Int128.Abs(row[2]) < Two62,
        };

    private static bool Joined(long[] row) => Magnitude(row[0], row[1], 1) + Magnitude(row[2], row[3], 1) + Int128.Abs(row[4]) < Two62;

    private static Int128 Magnitude(long a, long b, long c) => Int128.Abs((Int128)a * b * c);
}
