using System.Collections.Immutable;
using Edgec.Targets;

namespace Edgec.Plan.Hls;

/// <summary>A model on the engines, decided: their sizes, the commands in order, the parameter image, the map of memory.</summary>
/// <param name="Model">The plan it was made from.</param>
/// <param name="Image">The parameter image, at word <see cref="MemoryMap.Image"/> of memory.</param>
/// <param name="Resources">Estimated.</param>
public sealed record HlsPlan(
    ModelPlan Model,
    FpgaTarget Target,
    HlsOptions Options,
    EngineConfiguration Configuration,
    ImmutableArray<HlsLayer> Layers,
    ImmutableArray<HlsCommand> Commands,
    MemoryMap Memory,
    byte[] Image,
    ResourceEstimate Resources)
{
    /// <summary>Words of memory in all.</summary>
    public long MemoryWords => Memory.Image + Image.Length / EngineConfiguration.Lanes;

    /// <summary>All commands of the convolution engine, those behind others too: as they stand in its table.</summary>
    public IEnumerable<ConvolutionCommand> Convolutions =>
        Commands.Select(c => c is StreamedCommand streamed ? streamed.Follower : c).OfType<ConvolutionCommand>();

    /// <summary>Estimated cycles of one inference.</summary>
    public long Cycles => Layers.Sum(layer => layer.Cycles);

    /// <summary>Estimated time of one inference.</summary>
    public double Milliseconds => Cycles / (Target.ClockMHz * 1e3);

    /// <summary>Layer by layer, in the form every target's estimate has.</summary>
    public Estimate Estimate => new(
        [
            .. Layers.Select(l => new StepEstimate(l.Step, l.Cost.Cycles, l.MemoryCycles, l.Cost.Words * EngineConfiguration.Lanes)
            {
                Note = l.Note,
                Samples = l.Samples,
                SampleBytes = l.Samples == SampleAccess.None ? null : l.SampleBytes,
                Attention = l.Attention,
                LoadingCycles = l.Cost.Loading,
                HiddenCycles = l.Cost.Hidden,
            }),
        ],
        Target.ClockMHz,
        Resources);

    /// <summary>Share of the multiplier array that does wanted products, over all cycles.</summary>
    public double Efficiency => Cycles == 0 ? 0 : Model.TotalCost.Macs / ((double)Cycles * EngineConfiguration.Lanes * Configuration.Group / Configuration.MacInterval);
}
