using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Edgec.Runtime.Kernels;

/// <summary>Sums of i8 rows. Integer sums are exact, so several lanes at a time give the bits of one at a time.</summary>
internal static class IntegerDot
{
    /// <summary>Σ a[i] · b[i]. A product of two i8 has 16 bits.</summary>
    public static int Product(ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b)
    {
        b = b[..a.Length];
        int sum = 0, i = 0;
        if (Vector256.IsHardwareAccelerated && a.Length >= Vector256<sbyte>.Count)
        {
            Vector256<int> sums = default;
            ref sbyte left = ref MemoryMarshal.GetReference(a), right = ref MemoryMarshal.GetReference(b);
            for (; i <= a.Length - Vector256<sbyte>.Count; i += Vector256<sbyte>.Count)
            {
                var (aLow, aHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref left, (nuint)i));
                var (bLow, bHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref right, (nuint)i));
                var (p0, p1) = Vector256.Widen(aLow * bLow);
                var (p2, p3) = Vector256.Widen(aHigh * bHigh);
                sums += p0 + p1 + (p2 + p3);
            }

            sum = Vector256.Sum(sums);
        }

        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Σ a[i].</summary>
    public static int Total(ReadOnlySpan<sbyte> a)
    {
        int sum = 0;
        foreach (sbyte value in a)
            sum += value;
        return sum;
    }
}
