using System.Collections.Immutable;
using Edgec.Quantize.Precision;

namespace Edgec.Evaluate.Assignment;

/// <summary>A mixed-precision plan and what it comes to.</summary>
/// <param name="Layers">In the order of the model.</param>
/// <param name="Predicted">The signal to noise ratio that the layers' own noises add up to, in dB.</param>
/// <param name="Measured">Of the model quantized by the plan.</param>
/// <param name="Baseline">Of the model in the precision the plan is compared with.</param>
public sealed record AssignmentResult(
    PrecisionPlan Plan,
    ImmutableArray<AssignedLayer> Layers,
    double Predicted,
    PlanQuality Measured,
    PlanCost Cost,
    PlanQuality Baseline,
    PlanCost BaselineCost);
