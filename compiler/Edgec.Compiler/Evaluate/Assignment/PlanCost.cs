using System.Globalization;

namespace Edgec.Evaluate.Assignment;

/// <summary>What a model costs under a precision plan, or by how much two plans differ.</summary>
/// <param name="WeightBytes">Weights and other constants.</param>
/// <param name="ActivationBytes">Read and written by all layers of one inference.</param>
/// <param name="Milliseconds">Estimated; null without a target that has a cost model.</param>
public sealed record PlanCost(long WeightBytes, long ActivationBytes, double? Milliseconds)
{
    public static PlanCost operator +(PlanCost a, PlanCost b) =>
        new(a.WeightBytes + b.WeightBytes, a.ActivationBytes + b.ActivationBytes, a.Milliseconds + b.Milliseconds);

    public static PlanCost operator -(PlanCost a, PlanCost b) =>
        new(a.WeightBytes - b.WeightBytes, a.ActivationBytes - b.ActivationBytes, a.Milliseconds - b.Milliseconds);

    /// <summary>What lies between two costs.</summary>
    /// <param name="share">0 for this one, 1 for the other.</param>
    public PlanCost Towards(PlanCost other, double share) => new(
        WeightBytes + (long)Math.Round((other.WeightBytes - WeightBytes) * share),
        ActivationBytes + (long)Math.Round((other.ActivationBytes - ActivationBytes) * share),
        Milliseconds + (other.Milliseconds - Milliseconds) * share);

    /// <summary>In words: <c>12,000 bytes of weights, 0.52 ms</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{WeightBytes:n0} bytes of weights{(Milliseconds is { } ms ? string.Create(CultureInfo.InvariantCulture, $", {ms:g3} ms") : "")}");
}
