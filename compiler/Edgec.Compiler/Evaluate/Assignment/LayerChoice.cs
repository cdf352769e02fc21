using Edgec.Quantize.Precision;

namespace Edgec.Evaluate.Assignment;

/// <summary>A precision that a layer can have.</summary>
/// <param name="Noise">What it adds at the outputs, as a ratio of noise to signal, all other layers being as good as can be.</param>
/// <param name="Cost">What it costs more than the baseline; less where negative.</param>
/// <param name="Price">The same in one number, by which choices are weighed.</param>
public sealed record LayerChoice(LayerPrecision Precision, double Noise, PlanCost Cost, double Price);
