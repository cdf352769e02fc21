using System.Collections.Immutable;
using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan;

/// <summary>
/// Two layers of which the second alone reads what the first computes, pixel by pixel, and slides a window over it, channel by channel:
/// the first one's results can go to the second as a stream, and never be in memory.
/// </summary>
/// <param name="Source">Step that computes every output from many inputs: a convolution or a matrix product with constant weights.</param>
/// <param name="Reader">Step that slides the window: a depthwise convolution or pooling.</param>
public readonly record struct LayerStream(int Source, int Reader)
{
    /// <summary>All such pairs of a plan, by reader. A source is one of at most one pair.</summary>
    public static ImmutableArray<LayerStream> Of(ModelPlan plan)
    {
        var streams = ImmutableArray.CreateBuilder<LayerStream>();
        foreach (SoleReader pair in SoleReader.Of(plan))
        {
            if (IsSource(pair.Source.Kernel) && pair.Reader.Kernel is WindowKernel window && IsReader(window)
                && plan.Values[pair.Source.Result].Type.Shape[^1] == window.Geometry.Channels)
                streams.Add(new(pair.Source.Index, pair.Reader.Index));
        }

        return [.. streams.OrderBy(s => s.Reader)];
    }

    /// <summary>True if what the source reads is still there when the reader runs, for then both do.</summary>
    public bool IsAlive(ModelPlan plan)
    {
        PlanValue operand = plan.Values[plan.Steps[Source].Operands[0]];
        return operand.Place != Place.Arena || operand.LastStep >= Reader;
    }

    /// <summary>The same plan with the operands of sources kept until the readers run.</summary>
    /// <param name="alignment">Bytes to which arena offsets are aligned.</param>
    public static ModelPlan KeepOperands(ModelPlan plan, int alignment)
    {
        ImmutableArray<LayerStream> streams = Of(plan);
        if (streams.All(s => s.IsAlive(plan)))
            return plan;
        var last = plan.Values.ToDictionary(v => v.Index, v => v.LastStep);
        foreach (LayerStream stream in streams)
        {
            int root = plan.Values[plan.Steps[stream.Source].Operands[0]].Root;
            last[root] = Math.Max(last[root], stream.Reader);
        }

        return plan.LaidOut([.. ArenaBlock.Of(plan).Select(block => block with { LastStep = last[block.Id] })], alignment);
    }

    private static bool IsSource(Kernel kernel) => kernel switch
    {
        MatmulKernel { Weights: not null, Geometry: { } g } => !g.BroadcastLeft || g.Batch == 1,
        WindowKernel { Mode: WindowMode.Convolution } window => !IsReader(window),
        _ => false,
    };

    // Lane by lane, and every row is read.
    private static bool IsReader(WindowKernel window)
    {
        WindowGeometry g = window.Geometry;
        bool lanes = window.Mode != WindowMode.Convolution || (g.Groups == g.Channels && g.OutChannels == g.Channels && g.Channels > 1);
        return lanes && (g.OutHeight - 1) * g.StrideY - g.PadTop + (g.KernelHeight - 1) * g.DilationY + 1 >= g.Height;
    }
}
