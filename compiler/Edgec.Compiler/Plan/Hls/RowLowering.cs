using Edgec.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>Reductions and softmax as commands.</summary>
public static class RowLowering
{
    /// <summary>Softmax of 8-bit scores.</summary>
    /// <param name="table">The exponentials, on the engine's port.</param>
    public static RowCommand Softmax(int layer, SoftmaxStep step, RowLayout layout, int source, int target, int table) =>
        new(RowOperation.Softmax, source, target, layout, table, step.Maximum, 0, 0, step.Zero, sbyte.MinValue, sbyte.MaxValue) { Layer = layer };

    /// <summary>The exponentials as the engine reads them: 16 bits each.</summary>
    public static int AddTable(SoftmaxStep step, ParameterImage image) =>
        image.AddOnce(System.Runtime.InteropServices.MemoryMarshal.AsBytes(step.Exponentials.Span<short>()));

    /// <returns>Null if 64 bits do not hold the scaled sums.</returns>
    public static RowCommand? Reduce(int layer, ReduceKernel kernel, RowLayout layout, int source, int target)
    {
        var command = new RowCommand(RowOperation.Sum, source, target, layout, 0, 0, 0, 0, 0, 0, 0) { Layer = layer };
        switch (kernel)
        {
            case { Mode: ReduceMode.Sum, Finish: IntegerFinish { Multipliers.Count: 1 } finish }:
                long length = kernel.Geometry.Length;
                ChannelFinish folded = ChannelFinish.Of(finish, 0, -length * kernel.InputZero);
                return length > 1 << 24 || !folded.Fits(128 * length)
                    ? null
                    : command with { Multiplier = folded.Multiplier, Addend = (long)folded.Addend, Shift = folded.Shift, Zero = finish.Zero, Lo = finish.Lo, Hi = finish.Hi };
            case { Mode: ReduceMode.Maximum, Finish: ClampFinish finish }:
                return command with { Operation = RowOperation.Maximum, Lo = finish.Lo, Hi = finish.Hi };
            case { Mode: ReduceMode.Minimum, Finish: ClampFinish finish }:
                return command with { Operation = RowOperation.Minimum, Lo = finish.Lo, Hi = finish.Hi };
            default:
                throw new ArgumentException("no integer reduction", nameof(kernel));
        }
    }
}
