using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>A clamp fused behind an operator: <c>clamp(y, Lo, Hi)</c> in real numbers. Relu is (0, ∞), none (-∞, ∞).</summary>
public readonly record struct Activation(float Lo, float Hi)
{
    public static readonly Activation None = new(float.NegativeInfinity, float.PositiveInfinity);

    public static readonly Activation Relu = new(0, float.PositiveInfinity);

    public bool IsNone => this == None;

    public float Apply(float value) => Math.Min(Math.Max(value, Lo), Hi);

    public FloatFinish Finish => new(Lo, Hi);

    /// <summary>First this clamp, then the other.</summary>
    public Activation Then(Activation next) => new(next.Apply(Lo), next.Apply(Hi));

    /// <summary>The clamp in the integers of a type that is quantized per tensor.</summary>
    public (int Lo, int Hi) Integers(TensorType type)
    {
        (int lo, int hi) = type.Element.Range();
        Quantization quantization = type.Quantization!;
        return (Bound(Lo), Bound(Hi));

        int Bound(float value) => (int)Math.Clamp(Math.Round(value / quantization.Scale, MidpointRounding.ToEven) + quantization.Zero, lo, hi);
    }

    /// <summary>The attribute of the text form; nothing if there is no clamp.</summary>
    public IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        IsNone ? [] : [("activation", new FloatsValue([Lo, Hi]))];

    public static Activation Read(AttributeReader reader) =>
        reader.Floats("activation") is [var lo, var hi] ? new(lo, hi) : None;
}
