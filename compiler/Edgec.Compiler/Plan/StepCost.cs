namespace Edgec.Plan;

/// <summary>What a step costs on any machine. Cycles follow from a target: see the cost models.</summary>
/// <param name="Macs">Multiply-accumulates.</param>
/// <param name="ReadBytes">Bytes of activations read, each element once.</param>
/// <param name="WriteBytes">Bytes of activations written.</param>
/// <param name="WeightBytes">Bytes of weights and other constants.</param>
public readonly record struct StepCost(long Macs, long ReadBytes, long WriteBytes, long WeightBytes)
{
    public static StepCost operator +(StepCost a, StepCost b) => new(
        a.Macs + b.Macs, a.ReadBytes + b.ReadBytes, a.WriteBytes + b.WriteBytes, a.WeightBytes + b.WeightBytes);
}
