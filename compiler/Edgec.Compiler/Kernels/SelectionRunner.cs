using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>The part of <see cref="KernelRunner"/> that compares elements, and moves them to or from places known at run time.</summary>
internal static class SelectionRunner
{
    public static void Select(SelectKernel k, Tensor x, Tensor y) => RowSplit.Run(k.Geometry.Outer, x.Count, (first, end) =>
    {
        switch (k.Operand)
        {
            case ElementType.I8:
                Select<sbyte>(k, x, y, first, end);
                break;
            case ElementType.I16:
                Select<short>(k, x, y, first, end);
                break;
            case ElementType.F32:
                Select<float>(k, x, y, first, end);
                break;
            default:
                throw KernelRunner.Mismatch(k, k.Operand);
        }
    });

    public static void Gather(GatherKernel k, Tensor x, Tensor indices, Tensor y) => RowSplit.Run(k.Geometry.Rows, y.Count, (first, end) =>
    {
        switch (k.ElementSize)
        {
            case 1:
                Gather<byte>(k, x, indices, y, first, end);
                break;
            case 2:
                Gather<ushort>(k, x, indices, y, first, end);
                break;
            case 4:
                Gather<uint>(k, x, indices, y, first, end);
                break;
            default:
                Gather<ulong>(k, x, indices, y, first, end);
                break;
        }
    });

    public static void Scatter(ScatterKernel k, ImmutableArray<Tensor> operands, Tensor y)
    {
        switch (k.ElementSize)
        {
            case 1:
                Scatter<byte>(k, operands, y);
                break;
            case 2:
                Scatter<ushort>(k, operands, y);
                break;
            case 4:
                Scatter<uint>(k, operands, y);
                break;
            default:
                Scatter<ulong>(k, operands, y);
                break;
        }
    }

    /// <summary>One of the steps of a map that compare or choose.</summary>
    public static void Map(MapKernel k, ImmutableArray<Tensor> operands, Tensor y, int first, int end)
    {
        switch (k.Step)
        {
            case CompareStep s:
                Compare(k, s, operands, y, first, end);
                break;
            case FloatCompareStep s:
                CompareMap.Compare(k.Geometry, s.Function, operands[0].Span<float>(), operands[1].Span<float>(), y.WritableBytes, first, end);
                break;
            default:
                Choose(k, operands, y, first, end);
                break;
        }
    }

    private static void Select<T>(SelectKernel k, Tensor x, Tensor y, int first, int end) where T : unmanaged, INumber<T>
    {
        if (k.Greatest)
            Selection.Greatest<T>(k.Geometry, k.Count, x.Span<T>(), y.Span<long>(), first, end);
        else
            Selection.Least<T>(k.Geometry, k.Count, x.Span<T>(), y.Span<long>(), first, end);
    }

    private static void Gather<T>(GatherKernel k, Tensor x, Tensor indices, Tensor y, int first, int end) where T : unmanaged
    {
        if (k.Index == ElementType.I32)
            IndexedMove.Gather<T, int>(k.Geometry, Bits<T>(x), indices.Span<int>(), Target<T>(y), first, end);
        else
            IndexedMove.Gather<T, long>(k.Geometry, Bits<T>(x), indices.Span<long>(), Target<T>(y), first, end);
    }

    private static void Scatter<T>(ScatterKernel k, ImmutableArray<Tensor> operands, Tensor y) where T : unmanaged
    {
        if (k.Index == ElementType.I32)
            IndexedMove.Scatter<T, int>(k.Geometry, Bits<T>(operands[0]), operands[1].Span<int>(), Bits<T>(operands[2]), Target<T>(y));
        else
            IndexedMove.Scatter<T, long>(k.Geometry, Bits<T>(operands[0]), operands[1].Span<long>(), Bits<T>(operands[2]), Target<T>(y));
    }

    private static void Choose(MapKernel k, ImmutableArray<Tensor> operands, Tensor y, int first, int end)
    {
        switch (y.Element.SizeOf())
        {
            case 1:
                Choose<byte>(k, operands, y, first, end);
                break;
            case 2:
                Choose<ushort>(k, operands, y, first, end);
                break;
            case 4:
                Choose<uint>(k, operands, y, first, end);
                break;
            default:
                Choose<ulong>(k, operands, y, first, end);
                break;
        }
    }

    private static void Choose<T>(MapKernel k, ImmutableArray<Tensor> operands, Tensor y, int first, int end) where T : unmanaged =>
        CompareMap.Choose(k.Geometry, operands[0].Bytes, Bits<T>(operands[1]), Bits<T>(operands[2]), Target<T>(y), first, end);

    private static void Compare(MapKernel k, CompareStep s, ImmutableArray<Tensor> operands, Tensor y, int first, int end)
    {
        switch (operands[0].Element)
        {
            case ElementType.I8:
                Compare<sbyte>(k, s, operands, y, first, end);
                break;
            case ElementType.I16:
                Compare<short>(k, s, operands, y, first, end);
                break;
            case ElementType.I32:
                Compare<int>(k, s, operands, y, first, end);
                break;
            case ElementType.I64:
                Compare<long>(k, s, operands, y, first, end);
                break;
            default:
                Compare<byte>(k, s, operands, y, first, end);
                break;
        }
    }

    private static void Compare<TA>(MapKernel k, CompareStep s, ImmutableArray<Tensor> operands, Tensor y, int first, int end)
        where TA : unmanaged, IBinaryInteger<TA>
    {
        switch (operands[1].Element)
        {
            case ElementType.I8:
                Compare<TA, sbyte>(k, s, operands, y, first, end);
                break;
            case ElementType.I16:
                Compare<TA, short>(k, s, operands, y, first, end);
                break;
            case ElementType.I32:
                Compare<TA, int>(k, s, operands, y, first, end);
                break;
            case ElementType.I64:
                Compare<TA, long>(k, s, operands, y, first, end);
                break;
            default:
                Compare<TA, byte>(k, s, operands, y, first, end);
                break;
        }
    }

    private static void Compare<TA, TB>(MapKernel k, CompareStep s, ImmutableArray<Tensor> operands, Tensor y, int first, int end)
        where TA : unmanaged, IBinaryInteger<TA>
        where TB : unmanaged, IBinaryInteger<TB> => CompareMap.Compare(
            k.Geometry, s.Function, Bits<TA>(operands[0]), s.ZeroA, s.FactorA, Bits<TB>(operands[1]), s.ZeroB, s.FactorB, y.WritableBytes, first, end);

    private static ReadOnlySpan<T> Bits<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.Bytes);

    private static Span<T> Target<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.WritableBytes);
}
