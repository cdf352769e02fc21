using System.Collections.Immutable;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Plan.Hls;

/// <summary>Word addresses in the one memory of the accelerator: inputs, outputs, arena and parameter image, in this order.</summary>
/// <param name="Inputs">Address of each input.</param>
/// <param name="Outputs">Address of each output.</param>
/// <param name="Arena">Address of the arena.</param>
/// <param name="Image">Address of the parameter image.</param>
public sealed record MemoryMap(ImmutableArray<long> Inputs, ImmutableArray<long> Outputs, long Arena, long Image)
{
    /// <summary>Words to which tensors are aligned: 4 KB, which no AXI burst may cross.</summary>
    public const int Alignment = 256;

    private const int Lanes = EngineConfiguration.Lanes;

    public static MemoryMap Of(ModelPlan model)
    {
        long next = 0;
        ImmutableArray<long> inputs = Addresses(model, model.Inputs, ref next), outputs = Addresses(model, model.Outputs, ref next);
        return new(inputs, outputs, next, next + Align((model.ArenaBytes + Lanes - 1) / Lanes));
    }

    /// <summary>Words of a tensor as it is stored.</summary>
    public static long WordsOf(PlanValue value) => Storage.Count(value.Type.Shape, Lanes) / Lanes * value.Type.Element.SizeOf();

    /// <summary>The address of a value that is no constant.</summary>
    public long AddressOf(PlanValue value) => value.Place switch
    {
        Place.Input => Inputs[value.Port],
        Place.Output => Outputs[value.Port],
        Place.Arena => Arena + value.Offset / Lanes,
        _ => throw new ArgumentException($"{value.Name} is a constant", nameof(value)),
    };

    private static ImmutableArray<long> Addresses(ModelPlan model, ImmutableArray<int> values, ref long next)
    {
        var addresses = ImmutableArray.CreateBuilder<long>(values.Length);
        foreach (int value in values)
        {
            addresses.Add(next);
            next += Align(WordsOf(model.Values[value]));
        }

        return addresses.MoveToImmutable();
    }

    private static long Align(long words) => (words + Alignment - 1) / Alignment * Alignment;
}
