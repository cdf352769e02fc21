using System.Collections.Immutable;
using System.Numerics;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>The part of <see cref="KernelRunner"/> that computes in integers, for activations of one type.</summary>
/// <typeparam name="T">The type of the result, and of the operands but for rescales: <c>sbyte</c> or <c>short</c>.</typeparam>
internal static class IntegerRunner<T> where T : unmanaged, IBinaryInteger<T>
{
    public static void Window(WindowKernel k, Tensor x, Tensor y, int first, int end)
    {
        WindowGeometry g = k.Geometry;
        switch (k.Mode, k.Finish)
        {
            case (WindowMode.Convolution, IntegerFinish or ThresholdFinish):
                IntegerWindow.Convolve(
                    g, Read(x), k.InputZero, Values<sbyte>(k.Weights!.Unpacked), Bias(k.Bias), KernelRunner.Requantizer(k.Finish), y.Span<T>(), first, end);
                break;
            case (WindowMode.Maximum, ClampFinish finish):
                IntegerWindow.Maximum(g, Read(x), finish.Lo, finish.Hi, y.Span<T>(), first, end);
                break;
            case (WindowMode.Average, IntegerFinish finish):
                IntegerWindow.Average(g, Read(x), k.InputZero, k.CountPadding, KernelRunner.Requantizer(finish), y.Span<T>(), first, end);
                break;
            default:
                throw KernelRunner.Mismatch(k, k.Finish);
        }
    }

    public static void Matmul(MatmulKernel k, Tensor left, Tensor right, Tensor y, int first, int end)
    {
        Requantizer finish = KernelRunner.Requantizer(k.Finish);
        if (k.Weights is not null)
        {
            IntegerMatmul.Multiply(
                k.Geometry, Read(left), k.LeftZero, Values<sbyte>(right.Unpacked), k.RightZero, Bias(k.Bias), finish, y.Span<T>(), first, end);
        }
        else
        {
            IntegerMatmul.Multiply(
                k.Geometry, Read(left), k.LeftZero, Read(right), k.RightZero, Bias(k.Bias), finish, y.Span<T>(), first, end);
        }
    }

    public static void Branched(BranchedKernel k, Tensor x, Tensor thin, Tensor y)
    {
        WindowGeometry g = k.Geometry;
        JoinedFinish f = k.Finish;
        RowSplit.Run(g.Batch * g.OutHeight, (long)y.Count * (k.Weights.Count / g.OutChannels + k.Rank), (first, end) => BranchedWindow.Convolve(
            g, Read(x), k.InputZero, Values<sbyte>(k.Weights.Unpacked), Bias(k.Bias), Values<short>(thin), Values<sbyte>(k.Branch), k.Rank,
            new JoinedRequantizer(
                f.Multipliers.Span<int>(), f.BranchMultipliers.Span<int>(), f.Shifts.Span<byte>(), f.Addends.Span<long>(), f.Lo, f.Hi, f.Profile, f.Zero),
            y.Span<T>(), first, end));
    }

    public static void Map(MapKernel k, ImmutableArray<Tensor> operands, Tensor y, int first, int end)
    {
        BroadcastGeometry g = k.Geometry;
        int from = first * g.RowLength, to = end * g.RowLength;
        switch (k.Step)
        {
            case AddStep s:
                IntegerMap.Add(
                    g, Read(operands[0]), s.ZeroA, s.MultiplierA, Read(operands[1]), s.ZeroB, s.MultiplierB,
                    s.Shift, s.Zero, s.Lo, s.Hi, s.Profile, y.Span<T>(), first, end);
                break;
            case MultiplyStep s:
                IntegerMap.Multiply(
                    g, Read(operands[0]), s.ZeroA, Read(operands[1]), s.ZeroB, s.Multiplier, s.Addend,
                    s.Shift, s.Lo, s.Hi, s.Profile, s.Zero, y.Span<T>(), first, end);
                break;
            case MaximumStep s:
                IntegerMap.Maximum(g, Read(operands[0]), Read(operands[1]), s.Lo, s.Hi, y.Span<T>(), first, end);
                break;
            case MinimumStep s:
                IntegerMap.Minimum(g, Read(operands[0]), Read(operands[1]), s.Lo, s.Hi, y.Span<T>(), first, end);
                break;
            case RescaleStep s when operands[0].Element == ElementType.I16:
                IntegerMap.Rescale(Values<short>(operands[0]), s.InputZero, KernelRunner.Requantizer(s.Finish), y.Span<T>(), from, to);
                break;
            case RescaleStep s:
                IntegerMap.Rescale(Values<sbyte>(operands[0]), s.InputZero, KernelRunner.Requantizer(s.Finish), y.Span<T>(), from, to);
                break;
            case CurveStep s:
                Curve.Map(Values<short>(operands[0]), s.Entries.Span<int>(), s.StepBits, s.Lo, s.Hi, y.Span<short>(), from, to);
                break;
            case ReluDeltaStep s:
                Curve.ReluDelta(Values<short>(operands[0]), s.Entries.Span<int>(), s.StepBits, s.Multiplier, s.Shift, s.Lo, s.Hi, y.Span<short>(), from, to);
                break;
            default:
                throw KernelRunner.Mismatch(k, k.Step);
        }
    }

    public static void Reduce(ReduceKernel k, Tensor x, Tensor y, int first, int end)
    {
        RowGeometry g = k.Geometry;
        switch (k.Mode, k.Finish)
        {
            case (ReduceMode.Sum, IntegerFinish finish):
                IntegerReduce.Sum(g, Read(x), k.InputZero, KernelRunner.Requantizer(finish), y.Span<T>(), first, end);
                break;
            case (ReduceMode.Maximum, ClampFinish finish):
                IntegerReduce.Maximum(g, Read(x), finish.Lo, finish.Hi, y.Span<T>(), first, end);
                break;
            case (ReduceMode.Minimum, ClampFinish finish):
                IntegerReduce.Minimum(g, Read(x), finish.Lo, finish.Hi, y.Span<T>(), first, end);
                break;
            default:
                throw KernelRunner.Mismatch(k, k.Finish);
        }
    }

    public static void Normalize(in GroupGeometry g, IntegerLayerNormStep s, Tensor x, Tensor y, int first, int end) => IntegerLayerNorm.Normalize(
        g, Read(x), s.Centered, s.InputZero, s.Guard, s.Epsilon, Values<short>(s.Gains), Values<int>(s.Biases), s.Fraction, s.Zero, s.Lo, s.Hi, y.Span<T>(), first, end);

    public static void Resample(ResampleKernel k, Tensor x, Tensor y, int first, int end) => IntegerResample.Sample(
        k.Geometry, Read(x), k.InputZero, Values<int>(k.RowStarts), Values<short>(k.RowWeights), Values<int>(k.ColumnStarts), Values<short>(k.ColumnWeights),
        KernelRunner.Requantizer(k.Finish), y.Span<T>(), first, end);

    private static ReadOnlySpan<T> Read(Tensor tensor) => tensor.Span<T>();

    private static ReadOnlySpan<TElement> Values<TElement>(Tensor tensor) where TElement : unmanaged => tensor.Span<TElement>();

    private static ReadOnlySpan<int> Bias(Tensor? bias) => bias is null ? [] : bias.Span<int>();
}
