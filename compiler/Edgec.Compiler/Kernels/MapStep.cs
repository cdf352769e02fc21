using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>The scalar step of a <see cref="MapKernel"/>. Integer steps take and give i8, float steps f32.</summary>
public abstract record MapStep;

/// <summary><c>Scalar.AddQuantized</c>: sum of two scaled integers with one rounding (docs/numerics.md §2). A difference has a negative MultiplierB.</summary>
public sealed record AddStep(
    int ZeroA, int MultiplierA, int ZeroB, int MultiplierB, int Shift, int Zero, int Lo, int Hi) : MapStep;

/// <summary><c>Scalar.MultiplyQuantized</c>: product of two scaled integers with one rounding.</summary>
public sealed record MultiplyStep(
    int ZeroA, int ZeroB, int Multiplier, long Addend, int Shift, int Lo, int Hi) : MapStep;

/// <summary>The greater of two integers on one scale, clamped.</summary>
public sealed record MaximumStep(int Lo, int Hi) : MapStep;

/// <summary>The lesser of two integers on one scale, clamped.</summary>
public sealed record MinimumStep(int Lo, int Hi) : MapStep;

/// <summary>A float function of two operands, then a clamp.</summary>
public sealed record FloatBinaryStep(BinaryFunction Function, float Lo, float Hi) : MapStep;

/// <summary>A float function of one operand with up to two parameters.</summary>
public sealed record FloatUnaryStep(UnaryFunction Function, float Alpha = 0, float Beta = 0) : MapStep;
