namespace Edgec.Runtime.Arithmetic;

/// <summary>
/// Marks a class whose methods are the single source of a piece of integer arithmetic: they are lowered to
/// <c>runtime/c/edgec_arithmetic.h</c> and <c>hls-templates/include/edgec_arithmetic.hpp</c>, and so keep to the kernel
/// subset (static, integer, no loops over data; anything else is an EC6xxx diagnostic).
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KernelSourceAttribute : Attribute;
