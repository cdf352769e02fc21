using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>Element-wise steps of two i8 operands with broadcasting. A row is the innermost loop: [0, Rows).</summary>
public static class IntegerMap
{
    /// <summary><see cref="Scalar.AddQuantized"/> of each pair, rounded as the profile does it.</summary>
    public static void Add(
        BroadcastGeometry g, ReadOnlySpan<sbyte> a, int zeroA, int multiplierA, ReadOnlySpan<sbyte> b, int zeroB, int multiplierB,
        int shift, int zero, int lo, int hi, RoundingProfile profile, Span<sbyte> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref sbyte value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = (sbyte)(profile switch
                {
                    RoundingProfile.Onnx => Rounding.AddHalfEven(a[i], zeroA, multiplierA, b[j], zeroB, multiplierB, shift, zero, lo, hi),
                    RoundingProfile.Truncate => Rounding.AddTruncated(a[i], zeroA, multiplierA, b[j], zeroB, multiplierB, shift, zero, lo, hi),
                    _ => Scalar.AddQuantized(a[i], zeroA, multiplierA, b[j], zeroB, multiplierB, shift, zero, lo, hi),
                });
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary>(a - zeroA) · (b - zeroB) of each pair, requantized as the profile does it.</summary>
    public static void Multiply(
        BroadcastGeometry g, ReadOnlySpan<sbyte> a, int zeroA, ReadOnlySpan<sbyte> b, int zeroB, int multiplier, long addend,
        int shift, int lo, int hi, RoundingProfile profile, int zero, Span<sbyte> y, int firstRow, int endRow)
    {
        var finish = new Requantizer([multiplier], [(byte)shift], [addend], lo, hi, profile, zero);
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref sbyte value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = finish.Apply((a[i] - zeroA) * (b[j] - zeroB), 0);
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

    /// <summary>The greater of each pair, clamped.</summary>
    public static void Maximum(
        BroadcastGeometry g, ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b, int lo, int hi, Span<sbyte> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref sbyte value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = (sbyte)Scalar.Clamp(Scalar.Maximum(a[i], b[j]), lo, hi);
                i += stepA;
                j += stepB;
            }
        }
    }

    /// <summary>The lesser of each pair, clamped.</summary>
    public static void Minimum(
        BroadcastGeometry g, ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b, int lo, int hi, Span<sbyte> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref sbyte value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = (sbyte)Scalar.Clamp(Scalar.Minimum(a[i], b[j]), lo, hi);
                i += stepA;
                j += stepB;
            }
        }
    }
}
