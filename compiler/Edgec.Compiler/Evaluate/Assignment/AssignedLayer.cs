using Edgec.Evaluate.Sensitivity;

namespace Edgec.Evaluate.Assignment;

/// <summary>What was decided for one layer.</summary>
/// <param name="Why">In a few words.</param>
public sealed record AssignedLayer(RankedLayer Layer, LayerChoice Choice, string Why);
