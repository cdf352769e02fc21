using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>The scalar step of a <see cref="MapKernel"/>. Integer steps take and give i8, float steps f32.</summary>
public abstract record MapStep
{
    public virtual IEnumerable<KernelConstant> Constants => [];
}

/// <summary>
/// <c>Scalar.AddQuantized</c>: sum of two scaled integers with one rounding (docs/numerics.md §2), or what stands in its place in another
/// profile. A difference has a negative MultiplierB.
/// </summary>
public sealed record AddStep(
    int ZeroA, int MultiplierA, int ZeroB, int MultiplierB, int Shift, int Zero, int Lo, int Hi, RoundingProfile Profile = RoundingProfile.Single) : MapStep;

/// <summary>Product of two scaled integers, requantized as its profile does it.</summary>
/// <param name="Zero">The output's zero point in the profiles whose addend does not hold it; else 0.</param>
public sealed record MultiplyStep(
    int ZeroA, int ZeroB, int Multiplier, long Addend, int Shift, int Lo, int Hi, RoundingProfile Profile = RoundingProfile.Single, int Zero = 0) : MapStep;

/// <summary>
/// A quotient as a product with a reciprocal from a table: <c>Scalar.Requantize</c> of operand 0 less its zero point, its
/// multiplier <c>Reciprocals[b + 128]</c>.
/// </summary>
/// <param name="Reciprocals">i32[256]: scale(a) / (scale(b) · (b - zero(b)) · scale(y)) · 2^Shift. A divisor of 0 stands for half a step.</param>
public sealed record DivideStep(int ZeroA, Tensor Reciprocals, long Addend, int Shift, int Lo, int Hi) : MapStep
{
    public override IEnumerable<KernelConstant> Constants => [new("reciprocals", Reciprocals)];
}

/// <summary><c>Scalar.PreluQuantized</c>: operand 0, times operand 1 where it is negative, with one rounding.</summary>
/// <param name="Multiplier">Scales operand 0, <paramref name="NegativeMultiplier"/> the product; both with Shift fraction bits.</param>
public sealed record PreluStep(
    int ZeroA, int ZeroB, int Multiplier, int NegativeMultiplier, long Addend, int Shift, int Lo, int Hi) : MapStep;

/// <summary>The greater of two integers on one scale, clamped.</summary>
public sealed record MaximumStep(int Lo, int Hi) : MapStep;

/// <summary>The lesser of two integers on one scale, clamped.</summary>
public sealed record MinimumStep(int Lo, int Hi) : MapStep;

/// <summary>A float function of two operands, then a clamp.</summary>
public sealed record FloatBinaryStep(BinaryFunction Function, float Lo, float Hi) : MapStep;

/// <summary>A float function of one operand with up to two parameters.</summary>
public sealed record FloatUnaryStep(UnaryFunction Function, float Alpha = 0, float Beta = 0) : MapStep;
