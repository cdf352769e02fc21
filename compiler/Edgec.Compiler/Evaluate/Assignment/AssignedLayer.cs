using Edgec.Evaluate.Sensitivity;
using Edgec.Quantize.Precision;

namespace Edgec.Evaluate.Assignment;

/// <summary>What was decided for one layer.</summary>
/// <param name="Rows">How many output channels its weights have; 0 without weights.</param>
/// <param name="Why">In a few words.</param>
public sealed record AssignedLayer(RankedLayer Layer, LayerChoice Choice, int Rows, string Why)
{
    /// <summary>How many output channels have weights of 8 bits; none in float.</summary>
    public int WideRows => Choice.Precision.WeightBits == LayerPrecision.WideBits ? Rows : Choice.Precision.Wide?.Count ?? 0;
}
