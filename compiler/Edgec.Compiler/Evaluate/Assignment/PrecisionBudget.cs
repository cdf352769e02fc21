using System.Globalization;

namespace Edgec.Evaluate.Assignment;

/// <summary>What a precision plan has to keep to; at least one of these.</summary>
/// <param name="Bytes">The most bytes of weights and other constants.</param>
/// <param name="Milliseconds">The most time an inference may take by the target's cost model.</param>
/// <param name="MinSqnr">The least signal to noise ratio at the outputs, in dB.</param>
/// <param name="MaxLoss">The most points of top-1 to lose against the float model.</param>
public sealed record PrecisionBudget(long? Bytes = null, double? Milliseconds = null, double? MinSqnr = null, double? MaxLoss = null)
{
    public bool LimitsCost => Bytes is not null || Milliseconds is not null;

    public bool LimitsLoss => MinSqnr is not null || MaxLoss is not null;

    public bool Allows(PlanCost cost) => !(cost.WeightBytes > Bytes) && !(cost.Milliseconds > Milliseconds);

    public bool Allows(PlanQuality quality) => !(quality.Sqnr < MinSqnr) && !(quality.Loss > MaxLoss);

    /// <summary>In words: <c>at most 12,000 bytes of weights, at least 30 dB</c>.</summary>
    public override string ToString() => string.Join(", ", new[]
    {
        Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"at most {bytes:n0} bytes of weights") : null,
        Milliseconds is { } ms ? string.Create(CultureInfo.InvariantCulture, $"at most {ms:g4} ms") : null,
        MinSqnr is { } decibel ? string.Create(CultureInfo.InvariantCulture, $"at least {decibel:g4} dB") : null,
        MaxLoss is { } points ? string.Create(CultureInfo.InvariantCulture, $"at most {points:g3} points lost") : null,
    }.OfType<string>());
}
