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
        ILookup<int, PlanStep> readers = plan.Steps
            .SelectMany(step => step.Operands.Select(o => (Root: plan.Values[o].Root, Step: step))).ToLookup(r => r.Root, r => r.Step);
        var streams = ImmutableArray.CreateBuilder<LayerStream>();
        foreach (PlanStep source in plan.Steps)
        {
            PlanValue result = plan.Values[source.Result];
            if (result.Place != Place.Arena || !IsSource(source.Kernel) || result.Type.Shape.ElementCount == 0)
                continue;
            PlanStep[] all = [.. readers[result.Root]];
            if (all is [{ Kernel: WindowKernel window } reader] && IsReader(window) && plan.Values[reader.Operands[0]].Root == result.Root
                && result.Type.Shape[^1] == window.Geometry.Channels)
                streams.Add(new(source.Index, reader.Index));
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
        int[] last = [.. plan.Values.Select(v => v.LastStep)];
        foreach (LayerStream stream in streams)
        {
            int root = plan.Values[plan.Steps[stream.Source].Operands[0]].Root;
            last[root] = Math.Max(last[root], stream.Reader);
        }

        ArenaLayout arena = ArenaLayout.Of(
            [.. plan.Values.Where(v => v.Place == Place.Arena && v.Root == v.Index).Select(v => new ArenaBlock(v.Index, v.Bytes, v.FirstStep, last[v.Index]))], alignment);
        return plan with
        {
            Values = [.. plan.Values.Select(v => v.Place == Place.Arena ? v with { Offset = arena.Offset(v.Root), LastStep = last[v.Root] } : v)],
            ArenaBytes = arena.Bytes,
        };
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
