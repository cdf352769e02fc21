using System.Numerics;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>The part of <see cref="KernelRunner"/> that multiplies rows by the weights of the experts they name.</summary>
internal static class ExpertRunner
{
    public static void Multiply(ExpertMatmulKernel k, Tensor left, Tensor indices, Tensor y) =>
        RowSplit.Run(k.Geometry.ResultRows, (long)y.Count * k.Geometry.Inner, (first, end) =>
        {
            if (k.Index == ElementType.I32)
                Multiply<int>(k, left, indices, y, first, end);
            else
                Multiply<long>(k, left, indices, y, first, end);
        });

    private static void Multiply<TIndex>(ExpertMatmulKernel k, Tensor left, Tensor indices, Tensor y, int first, int end)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        switch (k.Finish)
        {
            case FloatFinish finish:
                FloatExperts.Multiply<TIndex>(
                    k.Geometry, left.Span<float>(), indices.Span<TIndex>(), k.Weights.Span<float>(), k.Bias is null ? [] : k.Bias.Span<float>(),
                    finish.Lo, finish.Hi, y.Span<float>(), first, end);
                break;
            case IntegerFinish when y.Element == ElementType.I16:
                Multiply<short, TIndex>(k, left, indices, y, first, end);
                break;
            case IntegerFinish:
                Multiply<sbyte, TIndex>(k, left, indices, y, first, end);
                break;
            default:
                throw KernelRunner.Mismatch(k, k.Finish);
        }
    }

    private static void Multiply<T, TIndex>(ExpertMatmulKernel k, Tensor left, Tensor indices, Tensor y, int first, int end)
        where T : unmanaged, IBinaryInteger<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex> => IntegerExperts.Multiply<T, TIndex>(
            k.Geometry, left.Span<T>(), k.LeftZero, indices.Span<TIndex>(), k.Weights.Unpacked.Span<sbyte>(), k.Groups?.Size ?? 0,
            k.Groups is { } groups ? groups.Multipliers.Span<byte>() : [], k.Bias is null ? [] : k.Bias.Span<int>(), KernelRunner.Requantizer(k.Finish),
            y.Span<T>(), first, end);
}
