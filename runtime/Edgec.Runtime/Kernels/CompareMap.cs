using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>Predicates of pairs of elements, and choices by them, with broadcasting. Truths are bytes, 0 or 1. A row is the innermost loop: [0, Rows).</summary>
public static class CompareMap
{
    /// <summary>
    /// Scaled integers compared as real numbers: <c>(a - zeroA) · factorA</c> with <c>(b - zeroB) · factorB</c>, in 64 bits. Integers
    /// without a scale have zero points of 0 and factors of 1.
    /// </summary>
    public static void Compare<TA, TB>(
        BroadcastGeometry g, CompareFunction function, ReadOnlySpan<TA> a, int zeroA, long factorA, ReadOnlySpan<TB> b, int zeroB, long factorB,
        Span<byte> y, int firstRow, int endRow)
        where TA : unmanaged, IBinaryInteger<TA>
        where TB : unmanaged, IBinaryInteger<TB>
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref byte value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = (byte)(Holds(function, (long.CreateTruncating(a[i]) - zeroA) * factorA, (long.CreateTruncating(b[j]) - zeroB) * factorB) ? 1 : 0);
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary>Numbers in single precision; NaN is neither less than, equal to nor greater than anything.</summary>
    public static void Compare(
        BroadcastGeometry g, CompareFunction function, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<byte> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref byte value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = (byte)(Holds(function, a[i], b[j]) ? 1 : 0);
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary>The element of <paramref name="a"/> where the condition is not 0, else that of <paramref name="b"/>. The condition is operand 0.</summary>
    public static void Choose<T>(
        BroadcastGeometry g, ReadOnlySpan<byte> condition, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, int firstRow, int endRow)
        where T : unmanaged
    {
        (int step, int stepA, int stepB) = (g.RowStep(0), g.RowStep(1), g.RowStep(2));
        for (int row = firstRow; row < endRow; row++)
        {
            (int k, int i, int j) = (g.RowOffset(0, row), g.RowOffset(1, row), g.RowOffset(2, row));
            foreach (ref T value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = condition[k] != 0 ? a[i] : b[j];
                k += step;
                i += stepA;
                j += stepB;
            }
        }
    }

    private static bool Holds<T>(CompareFunction function, T a, T b) where T : unmanaged, INumber<T> => function switch
    {
        CompareFunction.And => a != T.Zero && b != T.Zero,
        CompareFunction.Equal => a == b,
        CompareFunction.Greater => a > b,
        CompareFunction.GreaterOrEqual => a >= b,
        CompareFunction.Less => a < b,
        CompareFunction.LessOrEqual => a <= b,
        CompareFunction.Or => a != T.Zero || b != T.Zero,
        CompareFunction.Xor => a != T.Zero != (b != T.Zero),
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };
}
