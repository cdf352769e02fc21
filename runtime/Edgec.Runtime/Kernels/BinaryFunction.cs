namespace Edgec.Runtime.Kernels;

/// <summary>Float functions of two values.</summary>
public enum BinaryFunction
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Maximum,
    Minimum,

    /// <summary>x if x ≥ 0, else x · slope.</summary>
    Prelu,
}
