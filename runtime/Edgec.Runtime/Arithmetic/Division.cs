namespace Edgec.Runtime.Arithmetic;

/// <summary>The only place that divides by a variable: it runs once per row, and in hardware it is one divider. Quotients of 16-bit values, which are not for hardware, divide element by element.</summary>
[KernelSource]
public static class Division
{
    /// <summary>floor(dividend / divisor); the divisor is not zero.</summary>
    public static ulong Quotient(ulong dividend, uint divisor) => dividend / divisor;
}
