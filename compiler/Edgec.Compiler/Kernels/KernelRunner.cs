using System.Collections.Immutable;
using System.Numerics;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>The reference: runs a kernel on dense tensors with the runtime's plain loops. Every backend must agree with it.</summary>
public static class KernelRunner
{
    /// <param name="operands">In the kernel's order; constants of the kernel are inside it.</param>
    /// <param name="element">Element type of the result.</param>
    /// <param name="shape">Shape of the result.</param>
    public static Tensor Run(Kernel kernel, ImmutableArray<Tensor> operands, ElementType element, Shape shape)
    {
        Tensor y = Tensor.Zeros(element, shape);
        switch (kernel)
        {
            case WindowKernel window:
                Window(window, operands[0], y);
                break;
            case MatmulKernel matmul:
                Matmul(matmul, operands[0], matmul.Weights ?? operands[1], y);
                break;
            case ExpertMatmulKernel experts:
                ExpertRunner.Multiply(experts, operands[0], operands[1], y);
                break;
            case MapKernel map:
                Map(map, operands, y);
                break;
            case TableKernel table:
                TableLookup.Map(operands[0].Span<sbyte>(), table.Table.Span<sbyte>(), y.Span<sbyte>());
                break;
            case ReduceKernel reduce:
                Reduce(reduce, operands[0], y);
                break;
            case RowNormKernel norm:
                RowNorm(norm, operands[0], y);
                break;
            case GroupNormKernel norm:
                GroupNorm(norm, operands[0], y);
                break;
            case ResampleKernel resample:
                Resample(resample, operands[0], y);
                break;
            case DeformKernel deform:
                Deform(deform, operands, y);
                break;
            case AttentionKernel attention:
                Attend(attention, operands, y);
                break;
            case BranchedKernel branched when y.Element == ElementType.I16:
                IntegerRunner<short>.Branched(branched, operands[0], operands[1], y);
                break;
            case BranchedKernel branched:
                IntegerRunner<sbyte>.Branched(branched, operands[0], operands[1], y);
                break;
            case MoveKernel move:
                Move(move, operands, y);
                break;
            case GatherKernel gather:
                SelectionRunner.Gather(gather, operands[0], operands[1], y);
                break;
            case ScatterKernel scatter:
                SelectionRunner.Scatter(scatter, operands, y);
                break;
            case SelectKernel select:
                SelectionRunner.Select(select, operands[0], y);
                break;
            case ConvertKernel convert:
                Convert(convert, operands[0], y);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kernel), kernel, "not a kernel of the closed family");
        }

        return y;
    }

    private static void Window(WindowKernel k, Tensor x, Tensor y)
    {
        WindowGeometry g = k.Geometry;
        long work = (long)y.Count * g.KernelHeight * g.KernelWidth * (k.Mode == WindowMode.Convolution ? g.Channels / g.Groups : 1);
        RowSplit.Run(g.Batch * g.OutHeight, work, (first, end) =>
        {
            switch (k.Mode, k.Finish)
            {
                case (WindowMode.Convolution, IntegerFinish finish) when k.Groups is { } groups:
                    GroupedWindow.Convolve(
                        g, x.Span<sbyte>(), k.InputZero, k.Weights!.Unpacked.Span<sbyte>(), groups.Size, groups.Multipliers.Span<byte>(), Span<int>(k.Bias),
                        Requantizer(finish), y.Span<sbyte>(), first, end);
                    break;
                case (WindowMode.Convolution, FloatFinish finish):
                    FloatWindow.Convolve(
                        g, x.Span<float>(), k.Weights!.Span<float>(), Span<float>(k.Bias), finish.Lo, finish.Hi, y.Span<float>(), first, end);
                    break;
                case (WindowMode.Maximum, FloatFinish finish):
                    FloatPool.Maximum(g, x.Span<float>(), finish.Lo, finish.Hi, y.Span<float>(), first, end);
                    break;
                case (WindowMode.Average, FloatFinish finish):
                    FloatPool.Average(g, x.Span<float>(), k.CountPadding, finish.Lo, finish.Hi, y.Span<float>(), first, end);
                    break;
                default:
                    if (y.Element == ElementType.I16)
                        IntegerRunner<short>.Window(k, x, y, first, end);
                    else
                        IntegerRunner<sbyte>.Window(k, x, y, first, end);
                    break;
            }
        });
    }

    private static void Deform(DeformKernel k, ImmutableArray<Tensor> operands, Tensor y)
    {
        WindowGeometry g = k.Geometry;
        Tensor x = operands[0], offsets = operands[1];
        Tensor? mask = k.Masked ? operands[2] : null;
        RowSplit.Run(g.Batch * g.OutHeight, (long)y.Count * g.KernelHeight * g.KernelWidth * (g.Channels / g.Groups), (first, end) =>
        {
            switch (k.Finish, offsets.Element, mask?.Element)
            {
                case (FloatFinish finish, _, _):
                    FloatDeform.Convolve(
                        g, k.Sampling, x.Span<float>(), offsets.Span<float>(), Span<float>(mask), k.Weights.Span<float>(), Span<float>(k.Bias), finish.Lo, finish.Hi,
                        y.Span<float>(), first, end);
                    break;
                case (_, ElementType.I16, ElementType.I8):
                    Integers<short, sbyte>(first, end);
                    break;
                case (_, ElementType.I16, _):
                    Integers<short, short>(first, end);
                    break;
                case (_, _, ElementType.I8):
                    Integers<sbyte, sbyte>(first, end);
                    break;
                default:
                    Integers<sbyte, short>(first, end);
                    break;
            }
        });

        void Integers<T, TMask>(int first, int end)
            where T : unmanaged, IBinaryInteger<T>
            where TMask : unmanaged, IBinaryInteger<TMask> => IntegerDeform.Convolve<T, TMask>(
                g, k.Sampling, x.Span<sbyte>(), k.InputZero, offsets.Span<T>(), Span<TMask>(mask), k.MaskZero, k.Weights.Unpacked.Span<sbyte>(), Span<int>(k.Bias),
                Requantizer(k.Finish), y.Span<sbyte>(), first, end);
    }

    private static void Matmul(MatmulKernel k, Tensor left, Tensor right, Tensor y)
    {
        MatmulGeometry g = k.Geometry;
        RowSplit.Run(g.Batch * g.Rows, (long)y.Count * g.Inner, (first, end) =>
        {
            if (k.Finish is FloatFinish finish)
            {
                FloatMatmul.Multiply(
                    g, left.Span<float>(), right.Span<float>(), Span<float>(k.Bias), finish.Lo, finish.Hi, y.Span<float>(), first, end);
            }
            else if (k.Groups is { } groups && k.Finish is IntegerFinish grouped)
            {
                GroupedMatmul.Multiply(
                    g, left.Span<sbyte>(), k.LeftZero, right.Unpacked.Span<sbyte>(), groups.Size, groups.Multipliers.Span<byte>(), Span<int>(k.Bias),
                    Requantizer(grouped), y.Span<sbyte>(), first, end);
            }
            else if (y.Element == ElementType.I16)
            {
                IntegerRunner<short>.Matmul(k, left, right, y, first, end);
            }
            else
            {
                IntegerRunner<sbyte>.Matmul(k, left, right, y, first, end);
            }
        });
    }

    private static void Attend(AttentionKernel k, ImmutableArray<Tensor> operands, Tensor y)
    {
        AttentionGeometry g = k.Geometry;
        RowSplit.Run(g.Batch * g.Rows, (long)g.Batch * g.Rows * g.Columns * (g.Inner + g.Width), (first, end) => IntegerAttention.Attend(
            g, operands[0].Span<sbyte>(), k.QueryZero, operands[1].Span<sbyte>(), k.KeyZero, Requantizer(k.Scores), k.Exponentials.Span<short>(),
            operands[2].Span<sbyte>(), k.ValueZero, k.Multiplier, k.Shift, k.Zero, k.Lo, k.Hi, y.Span<sbyte>(), first, end,
            k.Bias.GetValueOrDefault(), k.Bias is null ? default : operands[3].Span<sbyte>()));
    }

    private static void Map(MapKernel k, ImmutableArray<Tensor> operands, Tensor y)
    {
        BroadcastGeometry g = k.Geometry;
        RowSplit.Run(g.Rows, y.Count, (first, end) =>
        {
            switch (k.Step)
            {
                case DivideStep s:
                    IntegerMap.Divide(
                        g, operands[0].Span<sbyte>(), s.ZeroA, operands[1].Span<sbyte>(), s.Reciprocals.Span<int>(), s.Addend,
                        s.Shift, s.Lo, s.Hi, y.Span<sbyte>(), first, end);
                    break;
                case PreluStep s:
                    IntegerMap.Prelu(
                        g, operands[0].Span<sbyte>(), s.ZeroA, operands[1].Span<sbyte>(), s.ZeroB, s.Multiplier, s.NegativeMultiplier,
                        s.Addend, s.Shift, s.Lo, s.Hi, y.Span<sbyte>(), first, end);
                    break;
                case WideDivideStep s:
                    IntegerMap.DivideWide(
                        g, operands[0].Span<short>(), operands[1].Span<short>(), s.Multiplier, s.Shift, s.Lo, s.Hi, y.Span<short>(), first, end);
                    break;
                case WidePreluStep s:
                    IntegerMap.PreluWide(
                        g, operands[0].Span<short>(), operands[1].Span<short>(), s.Multiplier, s.Shift, s.NegativeMultiplier, s.NegativeShift,
                        s.Lo, s.Hi, y.Span<short>(), first, end);
                    break;
                case CompareStep or FloatCompareStep or ChooseStep:
                    SelectionRunner.Map(k, operands, y, first, end);
                    break;
                case FloatUnaryStep s:
                    FloatMap.Unary(g, s.Function, s.Alpha, s.Beta, operands[0].Span<float>(), y.Span<float>(), first, end);
                    break;
                case FloatDeltaStep s:
                    FloatMap.ReluDelta(operands[0].Span<float>(), s.Entries.Span<float>(), s.PerUnit, y.Span<float>(), first * g.RowLength, end * g.RowLength);
                    break;
                case FloatBinaryStep s:
                    FloatMap.Binary(
                        g, s.Function, operands[0].Span<float>(), operands[1].Span<float>(), s.Lo, s.Hi, y.Span<float>(), first, end);
                    break;
                default:
                    if (y.Element == ElementType.I16)
                        IntegerRunner<short>.Map(k, operands, y, first, end);
                    else
                        IntegerRunner<sbyte>.Map(k, operands, y, first, end);
                    break;
            }
        });
    }

    private static void Reduce(ReduceKernel k, Tensor x, Tensor y)
    {
        RowGeometry g = k.Geometry;
        RowSplit.Run(g.Outer, x.Count, (first, end) =>
        {
            switch (k.Mode, k.Finish)
            {
                case (ReduceMode.Maximum, IndexFinish { Operand: ElementType.I8 } finish):
                    IndexReduce.Maximum(g, x.Span<sbyte>(), finish.Last, y.Span<long>(), first, end);
                    break;
                case (ReduceMode.Minimum, IndexFinish { Operand: ElementType.I8 } finish):
                    IndexReduce.Minimum(g, x.Span<sbyte>(), finish.Last, y.Span<long>(), first, end);
                    break;
                case (ReduceMode.Maximum, IndexFinish finish):
                    IndexReduce.Maximum(g, x.Span<float>(), finish.Last, y.Span<long>(), first, end);
                    break;
                case (ReduceMode.Minimum, IndexFinish finish):
                    IndexReduce.Minimum(g, x.Span<float>(), finish.Last, y.Span<long>(), first, end);
                    break;
                case (ReduceMode.Sum, FloatFinish finish):
                    FloatReduce.Sum(g, x.Span<float>(), finish.Lo, finish.Hi, y.Span<float>(), first, end);
                    break;
                case (ReduceMode.Mean, FloatFinish finish):
                    FloatReduce.Mean(g, x.Span<float>(), finish.Lo, finish.Hi, y.Span<float>(), first, end);
                    break;
                case (ReduceMode.Maximum, FloatFinish finish):
                    FloatReduce.Maximum(g, x.Span<float>(), finish.Lo, finish.Hi, y.Span<float>(), first, end);
                    break;
                case (ReduceMode.Minimum, FloatFinish finish):
                    FloatReduce.Minimum(g, x.Span<float>(), finish.Lo, finish.Hi, y.Span<float>(), first, end);
                    break;
                default:
                    if (y.Element == ElementType.I16)
                        IntegerRunner<short>.Reduce(k, x, y, first, end);
                    else
                        IntegerRunner<sbyte>.Reduce(k, x, y, first, end);
                    break;
            }
        });
    }

    private static void RowNorm(RowNormKernel k, Tensor x, Tensor y)
    {
        RowGeometry g = k.Geometry;
        RowSplit.Run(g.Outer, 4L * x.Count, (first, end) =>
        {
            switch (k.Step)
            {
                case SoftmaxStep s:
                    IntegerSoftmax.Normalize(
                        g, x.Span<sbyte>(), s.Exponentials.Span<short>(), s.Maximum, s.Zero, y.Span<sbyte>(), first, end);
                    break;
                case LogSoftmaxStep s:
                    IntegerSoftmax.Logarithm(
                        g, x.Span<sbyte>(), s.Exponentials.Span<short>(), s.Logarithms.Span<int>(), s.Octave, s.Unit, s.Multiplier, s.Shift,
                        s.Zero, s.Lo, s.Hi, y.Span<sbyte>(), first, end);
                    break;
                case WideSoftmaxStep s:
                    WideSoftmax.Normalize(g, x.Span<short>(), s.Powers.Span<int>(), s.Multiplier, s.Shift, s.Maximum, y.Span<short>(), first, end);
                    break;
                case WideLogSoftmaxStep s:
                    WideSoftmax.Logarithm(
                        g, x.Span<short>(), s.Powers.Span<int>(), s.PowerMultiplier, s.PowerShift, s.Logarithms.Span<int>(), s.Octave, s.Unit,
                        s.Multiplier, s.Lift, s.Shift, s.Lo, s.Hi, y.Span<short>(), first, end);
                    break;
                case FloatSoftmaxStep s:
                    FloatSoftmax.Normalize(g, x.Span<float>(), s.Logarithm, s.Running, y.Span<float>(), first, end);
                    break;
                default:
                    throw Mismatch(k, k.Step);
            }
        });
    }

    private static void GroupNorm(GroupNormKernel k, Tensor x, Tensor y)
    {
        GroupGeometry g = k.Geometry;
        RowSplit.Run(g.Rows, 3L * x.Count, (first, end) =>
        {
            switch (k.Step)
            {
                case IntegerLayerNormStep s when y.Element == ElementType.I16:
                    IntegerRunner<short>.Normalize(g, s, x, y, first, end);
                    break;
                case IntegerLayerNormStep s:
                    IntegerRunner<sbyte>.Normalize(g, s, x, y, first, end);
                    break;
                case FloatLayerNormStep s:
                    FloatLayerNorm.Normalize(
                        g, x.Span<float>(), s.Centered, s.Epsilon, s.Scale.Span<float>(), Span<float>(s.Bias), y.Span<float>(), first, end);
                    break;
                default:
                    throw Mismatch(k, k.Step);
            }
        });
    }

    private static void Resample(ResampleKernel k, Tensor x, Tensor y)
    {
        ResampleGeometry g = k.Geometry;
        RowSplit.Run(g.Rows, g.Count * g.RowTaps * g.ColumnTaps, (first, end) =>
        {
            if (k.Finish is FloatFinish)
            {
                FloatResample.Sample(
                    g, x.Span<float>(), k.RowStarts.Span<int>(), k.RowWeights.Span<float>(), k.ColumnStarts.Span<int>(), k.ColumnWeights.Span<float>(), y.Span<float>(), first, end);
            }
            else if (y.Element == ElementType.I16)
            {
                IntegerRunner<short>.Resample(k, x, y, first, end);
            }
            else
            {
                IntegerRunner<sbyte>.Resample(k, x, y, first, end);
            }
        });
    }

    private static void Move(MoveKernel k, ImmutableArray<Tensor> operands, Tensor y)
    {
        if (k.Fill is { } bits)
            Runtime.Kernels.Move.Fill(bits, k.ElementSize, y.WritableBytes);
        foreach (StridedCopy copy in k.Copies)
            Runtime.Kernels.Move.Copy(copy, k.ElementSize, operands[copy.Operand].Bytes, y.WritableBytes);
    }

    private static void Convert(ConvertKernel k, Tensor x, Tensor y)
    {
        switch (k.Conversion, k.Conversion == Conversion.Quantize ? y.Element : x.Element)
        {
            case (Conversion.Quantize, ElementType.I16):
                FloatConversion.Quantize(x.Span<float>(), k.Scale, k.Zero, y.Span<short>());
                break;
            case (Conversion.Quantize, _):
                FloatConversion.Quantize(x.Span<float>(), k.Scale, k.Zero, y.Span<sbyte>());
                break;
            case (_, ElementType.I16):
                FloatConversion.Dequantize<short>(x.Span<short>(), k.Scale, k.Zero, y.Span<float>());
                break;
            default:
                FloatConversion.Dequantize<sbyte>(x.Span<sbyte>(), k.Scale, k.Zero, y.Span<float>());
                break;
        }
    }

    internal static Requantizer Requantizer(Finish finish) => finish switch
    {
        IntegerFinish f => new(f.Multipliers.Span<int>(), f.Shifts.Span<byte>(), f.Addends.Span<long>(), f.Lo, f.Hi, f.Profile, f.Zero),
        ThresholdFinish f => Runtime.Kernels.Requantizer.Thresholds(f.Thresholds.Span<int>(), f.Starts.Span<sbyte>(), f.Steps.Span<sbyte>()),
        _ => throw new InvalidOperationException($"{finish.GetType().Name} is no finish of integer sums"),
    };

    private static Span<T> Span<T>(Tensor? tensor) where T : unmanaged => tensor is null ? [] : tensor.Span<T>();

    internal static InvalidOperationException Mismatch(Kernel kernel, object part) =>
        new($"a {kernel.Shape} kernel cannot have a {part.GetType().Name}");
}
