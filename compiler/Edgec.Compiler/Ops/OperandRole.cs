namespace Edgec.Ops;

/// <summary>What an input is to the quantizer.</summary>
public abstract record OperandRole
{
    /// <summary>Changes with the data (or broadcasts like data): i8, per tensor, asymmetric.</summary>
    public static readonly OperandRole Activation = new ActivationRole();

    /// <summary>i32 at scale(input 0) · scale(input 1), zero 0.</summary>
    public static readonly OperandRole Bias = new BiasRole();

    /// <summary>Stays as it is: shapes, indices, tables.</summary>
    public static readonly OperandRole Parameter = new ParameterRole();

    /// <summary>A constant that multiplies: i8, symmetric, one scale for each index of <paramref name="axis"/>; an activation where it is no constant.</summary>
    public static OperandRole Weight(int axis) => new WeightRole(axis);
}

public sealed record ActivationRole : OperandRole;

public sealed record BiasRole : OperandRole;

public sealed record ParameterRole : OperandRole;

public sealed record WeightRole(int Axis) : OperandRole;
