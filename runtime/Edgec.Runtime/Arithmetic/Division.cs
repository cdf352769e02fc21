namespace Edgec.Runtime.Arithmetic;

/// <summary>The only place that divides by a variable: it runs once per row, and in hardware it is one divider.</summary>
[KernelSource]
public static class Division
{
    /// <summary>floor(dividend / divisor); the divisor is not zero.</summary>
    public static ulong Quotient(ulong dividend, uint divisor) => dividend / divisor;
}
