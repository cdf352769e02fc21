using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>Element-wise kernels as commands. Loops come from the stored shapes: each operand has a nest of its own.</summary>
public static class MapLowering
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <param name="addresses">Word addresses of the operands.</param>
    /// <returns>Null if an operand's broadcast needs more loops than the engine has.</returns>
    public static MapCommand? Lower(int layer, MapStep step, Shape[] operands, int[] addresses, Shape result, int target)
    {
        if (Nest(operands[0], result, addresses[0]) is not { } left || Nest(operands[1], result, addresses[1]) is not { } right)
            return null;
        var command = new MapCommand(
            MapOperation.Add, left, right, IsSplat(operands[0], result), IsSplat(operands[1], result), target, Words(result),
            0, 0, 0, 0, 0, 0, 0, 0, 0)
        { Layer = layer };
        return step switch
        {
            AddStep s => command with
            {
                ZeroA = s.ZeroA,
                MultiplierA = s.MultiplierA,
                ZeroB = s.ZeroB,
                MultiplierB = s.MultiplierB,
                Shift = s.Shift,
                Zero = s.Zero,
                Lo = s.Lo,
                Hi = s.Hi,
            },
            MultiplyStep s => command with
            {
                Operation = MapOperation.Multiply,
                ZeroA = s.ZeroA,
                ZeroB = s.ZeroB,
                MultiplierA = s.Multiplier,
                Addend = s.Addend,
                Shift = s.Shift,
                Zero = s.Zero,
                Lo = s.Lo,
                Hi = s.Hi,
            },
            PreluStep s => command with
            {
                Operation = MapOperation.Prelu,
                ZeroA = s.ZeroA,
                ZeroB = s.ZeroB,
                MultiplierA = s.Multiplier,
                MultiplierB = s.NegativeMultiplier,
                Addend = s.Addend,
                Shift = s.Shift,
                Lo = s.Lo,
                Hi = s.Hi,
            },
            MaximumStep s => command with { Operation = MapOperation.Maximum, Lo = s.Lo, Hi = s.Hi },
            MinimumStep s => command with { Operation = MapOperation.Minimum, Lo = s.Lo, Hi = s.Hi },
            _ => throw new ArgumentException($"{step.GetType().Name} is no integer step", nameof(step)),
        };
    }

    public static MapCommand Lower(int layer, TableKernel kernel, int source, Shape result, int target, ParameterImage image)
    {
        int table = image.AddOnce(System.Runtime.InteropServices.MemoryMarshal.AsBytes(kernel.Table.Span<sbyte>()));
        int words = Words(result);
        return new(
            MapOperation.Table, WordNest.Contiguous(source, words), WordNest.None(table), false, false, target, words,
            0, 0, 0, 0, 0, 0, 0, 0, 0)
        { Layer = layer };
    }

    /// <summary>
    /// A sum of a few rows weighed by numbers of their own, for each of many: a product [T,1,k]·[T,k,D], which is the last of a mixture of experts. Null where it is
    /// no such product.
    /// </summary>
    public static MapCommand? Mix(int layer, MatmulKernel kernel, int weights, int rows, int target)
    {
        MatmulGeometry g = kernel.Geometry;
        bool few = g is { Batch: > 1, Rows: 1, Inner: >= 1 and <= Lanes, RightTransposed: false, BroadcastLeft: false, BroadcastRight: false };
        if (!few || kernel is not { Weights: null, Bias: null, Finish: IntegerFinish { Multipliers.Count: 1 } finish })
            return null;
        int words = (g.Columns + Lanes - 1) / Lanes, multiplier = finish.Multipliers.Span<int>()[0];
        return new(
            MapOperation.Mix, WordNest.Contiguous(rows, checked(g.Batch * g.Inner * words)), WordNest.Contiguous(weights, g.Batch), false, false, target,
            checked(g.Batch * words), kernel.RightZero, multiplier, kernel.LeftZero, 0, finish.Addends.Span<long>()[0], finish.Shifts.Span<byte>()[0], finish.Zero, finish.Lo, finish.Hi)
        { Layer = layer, Terms = g.Inner, TermWords = words };
    }

    private static int Words(Shape shape) => checked((int)(Storage.Count(shape, Lanes) / Lanes));

    private static bool IsSplat(Shape operand, Shape result) =>
        result.Rank > 0 && result[^1] > 1 && (operand.Rank == 0 || operand[^1] == 1);

    private static WordNest? Nest(Shape operand, Shape result, int address)
    {
        int[] strides = Storage.Strides(operand, Lanes);
        int lead = result.Rank - operand.Rank;
        bool splat = IsSplat(operand, result);
        int words = Storage.Pitch(result, Lanes) / Lanes;
        var loops = new List<(int Count, int Stride)> { (words, splat ? 0 : 1) };
        for (int axis = result.Rank - 2; axis >= 0; axis--)
        {
            int own = axis - lead;
            int stride = own < 0 || operand[own] == 1 ? 0 : strides[own] / Lanes;
            (int count, int inner) = loops[^1];
            if (result[axis] == 1)
                continue;
            if (count == 1)
                loops[^1] = (result[axis], stride);
            else if (stride == inner * count)
                loops[^1] = (count * result[axis], inner);
            else
                loops.Add((result[axis], stride));
        }

        int run = 1;
        if (loops[0].Stride == 1 || loops[0].Count == 1)
        {
            run = loops[0].Count;
            loops.RemoveAt(0);
        }

        if (loops.Count > 3)
            return null;
        while (loops.Count < 3)
            loops.Add((1, 0));
        return new(address, loops[2].Count, loops[2].Stride, loops[1].Count, loops[1].Stride, loops[0].Count, loops[0].Stride, run);
    }
}
