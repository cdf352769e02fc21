using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>What an input is to the quantizer.</summary>
public abstract record OperandRole
{
    /// <summary>Changes with the data (or broadcasts like data): i8, per tensor, asymmetric.</summary>
    public static readonly OperandRole Activation = new ActivationRole();

    /// <summary>Changes with the data: i16, whatever the operator computes with.</summary>
    public static readonly OperandRole WideActivation = new WideActivationRole();

    /// <summary>A constant [Outputs, Rank] that multiplies a <see cref="WideActivation"/>: i8, symmetric, one scale for each output, to nearest.</summary>
    public static readonly OperandRole BranchWeight = new BranchWeightRole();

    /// <summary>i32 at scale(input 0) · scale(input 1), zero 0.</summary>
    public static readonly OperandRole Bias = new BiasRole();

    /// <summary>Stays as it is: shapes, indices, tables.</summary>
    public static readonly OperandRole Parameter = new ParameterRole();

    /// <summary>Says which elements are meant, element by element: indices, conditions. It stays as it is, in the layout of the activations.</summary>
    public static readonly OperandRole Selector = new SelectorRole();

    /// <summary>A constant that multiplies: i8, symmetric, one scale for each index of <paramref name="axis"/>; an activation where it is no constant.</summary>
    public static OperandRole Weight(int axis) => new WeightRole(axis);
}

public sealed record ActivationRole : OperandRole;

public sealed record WideActivationRole : OperandRole;

public sealed record BranchWeightRole : OperandRole;

public sealed record BiasRole : OperandRole;

/// <summary>Changes with the data, as integers of a scale that the operator states: the range only decides how many bits they have.</summary>
public abstract record StatedOperandRole : OperandRole
{
    /// <summary>The integers of the operand.</summary>
    /// <param name="lo">The least of its values; null if no range is known.</param>
    /// <param name="hi">The greatest.</param>
    /// <param name="narrow">8 bits are all there is: coarser steps before wider integers.</param>
    public abstract (ElementType Element, Quantization Quantization) Integers(float? lo, float? hi, bool narrow);
}

/// <summary>Distances in pixels with a number of fraction bits, fewer where 8 bits are all there is: i8 where it holds all of them, otherwise i16
/// (docs/numerics.md, Deformable convolution).</summary>
/// <param name="Lo">What they are clamped to.</param>
public sealed record OffsetRole(int Fraction, float Lo, float Hi) : StatedOperandRole
{
    public override (ElementType Element, Quantization Quantization) Integers(float? lo, float? hi, bool narrow)
    {
        float least = Math.Max(lo ?? float.NegativeInfinity, Lo), most = Math.Min(hi ?? float.PositiveInfinity, Hi);
        int fraction = Fraction;
        while (narrow && fraction > 0 && !Holds(fraction) && Holds(0))
            fraction--;
        return (Holds(fraction) ? ElementType.I8 : ElementType.I16, Quantization.PerTensor(Math.ScaleB(1, -fraction), 0));

        bool Holds(int fraction) => least >= -Math.ScaleB(128, -fraction) && most <= Math.ScaleB(128, -fraction);
    }
}

/// <summary>
/// Factors from 0 in 256ths of the least power of two that none exceeds: i16 with the zero point 0. Where 8 bits are all there is, i8 with the
/// zero point -128, so that the greatest factor is 255 256ths (docs/numerics.md, Deformable convolution).
/// </summary>
public sealed record MaskRole : StatedOperandRole
{
    public override (ElementType Element, Quantization Quantization) Integers(float? lo, float? hi, bool narrow)
    {
        double scale = Math.ScaleB(1, Math.Clamp((int)Math.Ceiling(Math.Log2(hi is > 0 ? hi.Value : 1)), -8, 7) - 8);
        return narrow ? (ElementType.I8, Quantization.PerTensor(scale, sbyte.MinValue)) : (ElementType.I16, Quantization.PerTensor(scale, 0));
    }
}

public sealed record ParameterRole : OperandRole;

public sealed record SelectorRole : OperandRole;

public sealed record WeightRole(int Axis) : OperandRole;
