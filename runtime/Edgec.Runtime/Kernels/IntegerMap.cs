using System.Numerics;
using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>Element-wise steps of two operands of i8 or i16 with broadcasting. A row is the innermost loop: [0, Rows).</summary>
public static class IntegerMap
{
    /// <summary><see cref="Scalar.AddQuantized"/> of each pair, rounded as the profile does it.</summary>
    public static void Add<T>(
        BroadcastGeometry g, ReadOnlySpan<T> a, int zeroA, int multiplierA, ReadOnlySpan<T> b, int zeroB, int multiplierB,
        int shift, int zero, int lo, int hi, RoundingProfile profile, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref T value in y.Slice(row * g.RowLength, g.RowLength))
            {
                (int p, int q) = (int.CreateTruncating(a[i]), int.CreateTruncating(b[j]));
                value = T.CreateTruncating(profile switch
                {
                    RoundingProfile.Onnx => Rounding.AddHalfEven(p, zeroA, multiplierA, q, zeroB, multiplierB, shift, zero, lo, hi),
                    RoundingProfile.Truncate => Rounding.AddTruncated(p, zeroA, multiplierA, q, zeroB, multiplierB, shift, zero, lo, hi),
                    _ => Scalar.AddQuantized(p, zeroA, multiplierA, q, zeroB, multiplierB, shift, zero, lo, hi),
                });
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary>(a - zeroA) · (b - zeroB) of each pair, requantized as the profile does it.</summary>
    public static void Multiply<T>(
        BroadcastGeometry g, ReadOnlySpan<T> a, int zeroA, ReadOnlySpan<T> b, int zeroB, int multiplier, long addend,
        int shift, int lo, int hi, RoundingProfile profile, int zero, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        var finish = new Requantizer([multiplier], [(byte)shift], [addend], lo, hi, profile, zero);
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref T value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = finish.Apply<T>((int.CreateTruncating(a[i]) - zeroA) * (int.CreateTruncating(b[j]) - zeroB), 0);
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary>The first of each pair, requantized by the reciprocal of the second.</summary>
    /// <param name="reciprocals">[256], for divisors from -128 on, with <paramref name="shift"/> fraction bits.</param>
    public static void Divide(
        BroadcastGeometry g, ReadOnlySpan<sbyte> a, int zeroA, ReadOnlySpan<sbyte> b, ReadOnlySpan<int> reciprocals, long addend,
        int shift, int lo, int hi, Span<sbyte> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref sbyte value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = (sbyte)Scalar.Requantize(a[i] - zeroA, reciprocals[b[j] + 128], addend, shift, lo, hi);
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary><see cref="Scalar.PreluQuantized"/> of each pair.</summary>
    public static void Prelu(
        BroadcastGeometry g, ReadOnlySpan<sbyte> a, int zeroA, ReadOnlySpan<sbyte> b, int zeroB, int multiplier, int negativeMultiplier,
        long addend, int shift, int lo, int hi, Span<sbyte> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref sbyte value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = (sbyte)Scalar.PreluQuantized(a[i], zeroA, b[j], zeroB, multiplier, negativeMultiplier, addend, shift, lo, hi);
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary><see cref="Scalar.DivideWide"/> of each pair.</summary>
    public static void DivideWide(
        BroadcastGeometry g, ReadOnlySpan<short> a, ReadOnlySpan<short> b, int multiplier, int shift, int lo, int hi, Span<short> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref short value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = (short)Scalar.DivideWide(a[i], b[j], multiplier, shift, lo, hi);
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary><see cref="Scalar.PreluWide"/> of each pair.</summary>
    public static void PreluWide(
        BroadcastGeometry g, ReadOnlySpan<short> a, ReadOnlySpan<short> b, int multiplier, int shift, int negativeMultiplier, int negativeShift, int lo, int hi,
        Span<short> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref short value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = (short)Scalar.PreluWide(a[i], b[j], multiplier, shift, negativeMultiplier, negativeShift, lo, hi);
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary>The greater of each pair, clamped.</summary>
    public static void Maximum<T>(
        BroadcastGeometry g, ReadOnlySpan<T> a, ReadOnlySpan<T> b, int lo, int hi, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref T value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = T.CreateTruncating(Scalar.Clamp(int.CreateTruncating(T.Max(a[i], b[j])), lo, hi));
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary>The lesser of each pair, clamped.</summary>
    public static void Minimum<T>(
        BroadcastGeometry g, ReadOnlySpan<T> a, ReadOnlySpan<T> b, int lo, int hi, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref T value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = T.CreateTruncating(Scalar.Clamp(int.CreateTruncating(T.Min(a[i], b[j])), lo, hi));
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary>x - zero of each element, requantized; from i8 or i16 to i8 or i16.</summary>
    public static void Rescale<TX, TY>(ReadOnlySpan<TX> x, int zero, Requantizer finish, Span<TY> y, int first, int end)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        for (int i = first; i < end; i++)
            y[i] = finish.Apply<TY>(int.CreateTruncating(x[i]) - zero, 0);
    }
}
