using Edgec.Runtime;

namespace Edgec.Plan;

/// <summary>A constant of a kernel in the weight image.</summary>
/// <param name="Offset">Byte offset, a multiple of <see cref="WeightImage.Alignment"/>.</param>
public sealed record PlanConstant(string Role, long Offset, Tensor Value);
