using System.Runtime.InteropServices;

namespace Edgec.Runtime.Kernels;

/// <summary>Moves elements of 1, 2, 4 or 8 bytes without looking at them.</summary>
public static class Move
{
    public static void Copy(StridedCopy copy, int elementSize, ReadOnlySpan<byte> source, Span<byte> target)
    {
        switch (elementSize)
        {
            case 1:
                Copy(copy, source, target);
                break;
            case 2:
                Copy(copy, MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<byte, ushort>(target));
                break;
            case 4:
                Copy(copy, MemoryMarshal.Cast<byte, uint>(source), MemoryMarshal.Cast<byte, uint>(target));
                break;
            case 8:
                Copy(copy, MemoryMarshal.Cast<byte, ulong>(source), MemoryMarshal.Cast<byte, ulong>(target));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(elementSize));
        }
    }

    /// <summary>Every element becomes the low bytes of <paramref name="bits"/>.</summary>
    public static void Fill(long bits, int elementSize, Span<byte> target)
    {
        switch (elementSize)
        {
            case 1:
                target.Fill(unchecked((byte)bits));
                break;
            case 2:
                MemoryMarshal.Cast<byte, ushort>(target).Fill(unchecked((ushort)bits));
                break;
            case 4:
                MemoryMarshal.Cast<byte, uint>(target).Fill(unchecked((uint)bits));
                break;
            case 8:
                MemoryMarshal.Cast<byte, long>(target).Fill(bits);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(elementSize));
        }
    }

    private static void Copy<T>(StridedCopy copy, ReadOnlySpan<T> source, Span<T> target) where T : unmanaged
    {
        int loops = copy.Extents.Length;
        if (Array.IndexOf(copy.Extents, 0) >= 0)
            return;
        int length = loops == 0 ? 1 : copy.Extents[^1];
        int sourceStep = loops == 0 ? 1 : copy.SourceStrides[^1], targetStep = loops == 0 ? 1 : copy.TargetStrides[^1];
        var index = new int[loops];
        int from = copy.SourceOffset, to = copy.TargetOffset;
        while (true)
        {
            CopyRow(source, from, sourceStep, target, to, targetStep, length);
            int axis = loops - 2;
            for (; axis >= 0; axis--)
            {
                from += copy.SourceStrides[axis];
                to += copy.TargetStrides[axis];
                if (++index[axis] < copy.Extents[axis])
                    break;
                from -= copy.SourceStrides[axis] * copy.Extents[axis];
                to -= copy.TargetStrides[axis] * copy.Extents[axis];
                index[axis] = 0;
            }

            if (axis < 0)
                return;
        }
    }

    private static void CopyRow<T>(ReadOnlySpan<T> source, int from, int sourceStep, Span<T> target, int to, int targetStep, int length)
        where T : unmanaged
    {
        if (targetStep == 1 && sourceStep == 1)
        {
            source.Slice(from, length).CopyTo(target[to..]);
        }
        else if (targetStep == 1 && sourceStep == 0)
        {
            target.Slice(to, length).Fill(source[from]);
        }
        else
        {
            for (int i = 0; i < length; i++)
                target[to + i * targetStep] = source[from + i * sourceStep];
        }
    }
}
