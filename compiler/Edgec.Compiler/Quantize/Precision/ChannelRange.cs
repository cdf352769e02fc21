namespace Edgec.Quantize.Precision;

/// <summary>Neighbouring channels, both ends among them.</summary>
public readonly record struct ChannelRange(int First, int Last)
{
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
