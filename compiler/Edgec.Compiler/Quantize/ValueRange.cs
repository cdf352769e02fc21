namespace Edgec.Quantize;

/// <summary>The real numbers a value has been seen to take.</summary>
public readonly record struct ValueRange(float Lo, float Hi)
{
    /// <summary>The smallest range that holds both.</summary>
    public ValueRange Union(ValueRange other) => new(Math.Min(Lo, other.Lo), Math.Max(Hi, other.Hi));

    public bool IsFinite => float.IsFinite(Lo) && float.IsFinite(Hi);
}
