using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan;

/// <summary>Reshapes as moves, for targets that pad rows: the elements keep their order but rows start elsewhere.</summary>
public static class Relayout
{
    /// <summary>The move from one padded shape to another with the same elements.</summary>
    /// <exception cref="OperatorException">Neither row length divides the other.</exception>
    public static MoveKernel Kernel(ElementType element, Shape from, Shape to, int lanes)
    {
        int source = from.Rank == 0 ? 1 : from[^1], target = to.Rank == 0 ? 1 : to[^1];
        int sourcePitch = Storage.Pitch(from, lanes), targetPitch = Storage.Pitch(to, lanes);
        int count = (int)Storage.Count(to, lanes);
        int rows = (int)Math.Max(Storage.Rows(from), Storage.Rows(to));
        // The shorter rows are moved one by one: `per` of them make a longer one.
        StridedCopy copy;
        if (target % source == 0)
        {
            int per = target / source;
            copy = new(0, [rows / per, per, source], [per * sourcePitch, sourcePitch, 1], [targetPitch, source, 1], 0, 0);
        }
        else if (source % target == 0)
        {
            int per = source / target;
            copy = new(0, [rows / per, per, target], [sourcePitch, target, 1], [per * targetPitch, targetPitch, 1], 0, 0);
        }
        else
        {
            return RowByRow(element, from, to, lanes, count);
        }

        return new(element.SizeOf(), count, [copy]);
    }

    /// <summary>A dense constant with its rows padded by zeros.</summary>
    public static Tensor Pad(Tensor tensor, int lanes)
    {
        int row = tensor.Shape.Rank == 0 ? 1 : tensor.Shape[^1], size = tensor.Element.SizeOf();
        int pitch = Storage.Pitch(tensor.Shape, lanes);
        int rows = (int)Storage.Rows(tensor.Shape);
        var bytes = new byte[rows * pitch * size];
        for (int i = 0; i < rows; i++)
            tensor.Bytes.Slice(i * row * size, row * size).CopyTo(bytes.AsSpan(i * pitch * size));
        return Tensor.FromBytes(tensor.Element, [rows * pitch], bytes);
    }

    // Row lengths that do not divide one another: one copy for each run that stays within a row of both.
    private static MoveKernel RowByRow(ElementType element, Shape from, Shape to, int lanes, int count)
    {
        const int Most = 4096;
        int source = from[^1], target = to[^1];
        int sourcePitch = Storage.Pitch(from, lanes), targetPitch = Storage.Pitch(to, lanes);
        var copies = new List<StridedCopy>();
        for (int at = 0; at < from.ElementCount;)
        {
            int run = Math.Min(source - at % source, target - at % target);
            copies.Add(new(0, [run], [1], [1], at / source * sourcePitch + at % source, at / target * targetPitch + at % target));
            at += run;
            if (copies.Count > Most)
                throw new OperatorException("EC4005", $"Reshaping {from} to {to} needs more than {Most} moves when rows are padded to {lanes}. Put the longer extent last, or keep it out of the FPGA part.");
        }

        return new(element.SizeOf(), count, [.. copies]);
    }
}
