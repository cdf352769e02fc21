using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>
/// The scalar step of a <see cref="MapKernel"/>. Integer steps take and give i8, or i16 with zero points of 0; a <see cref="RescaleStep"/> takes
/// the one and gives the other too. Float steps take and give f32.
/// </summary>
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

/// <summary><c>Scalar.DivideWide</c>: a quotient of two i16, by one division of integers.</summary>
/// <param name="Multiplier">With <paramref name="Shift"/>: scale(a) / (scale(b) · scale(y)), 24 bits, up to 31 where the ratio is that large.</param>
public sealed record WideDivideStep(int Multiplier, int Shift, int Lo, int Hi) : MapStep;

/// <summary><c>Scalar.PreluWide</c>: an i16, times another where it is negative, with one rounding.</summary>
/// <param name="Multiplier">Of 24 bits: scales operand 0, <paramref name="NegativeMultiplier"/> the product, each with fraction bits of its own.</param>
public sealed record WidePreluStep(int Multiplier, int Shift, int NegativeMultiplier, int NegativeShift, int Lo, int Hi) : MapStep;

/// <summary>The greater of two integers on one scale, clamped.</summary>
public sealed record MaximumStep(int Lo, int Hi) : MapStep;

/// <summary>The lesser of two integers on one scale, clamped.</summary>
public sealed record MinimumStep(int Lo, int Hi) : MapStep;

/// <summary>The same real number at another scale or in another type, perhaps clamped: <c>x - zero</c>, requantized.</summary>
/// <param name="Finish">With one set of parameters.</param>
public sealed record RescaleStep(int InputZero, IntegerFinish Finish) : MapStep;

/// <summary>A function of one i16 by linear interpolation: <c>Interpolation.Curve</c> (docs/numerics.md §3).</summary>
/// <param name="Entries">i32[2^(16-StepBits) + 1]: the function at -32768, -32768 + 2^StepBits, …, with 4 fraction bits.</param>
/// <param name="WorstError">The greatest error over all 65,536 inputs, in steps of the result.</param>
public sealed record CurveStep(Tensor Entries, int StepBits, int Lo, int Hi, double WorstError) : MapStep
{
    public override IEnumerable<KernelConstant> Constants => [new("entries", Entries)];
}

/// <summary>A function of one i16 that differs from ReLU by an even function: <c>Interpolation.ReluDelta</c> (docs/numerics.md §3).</summary>
/// <param name="Entries">i32: the difference at 0, 2^StepBits, …, with 4 fraction bits, up to where it vanishes or to 32768.</param>
/// <param name="Multiplier">With <paramref name="Shift"/>: the ratio of the scales, 24 bits.</param>
/// <param name="WorstError">The greatest error over all 65,536 inputs, in steps of the result.</param>
public sealed record ReluDeltaStep(Tensor Entries, int StepBits, int Multiplier, int Shift, int Lo, int Hi, double WorstError) : MapStep
{
    public override IEnumerable<KernelConstant> Constants => [new("entries", Entries)];
}

/// <summary>
/// A function of one number of single precision that differs from ReLU by an even function: that of |x| between entries 1 / PerUnit apart, and ReLU
/// behind the last.
/// </summary>
/// <param name="Entries">f32: the difference at 0, 1 / PerUnit, ….</param>
public sealed record FloatDeltaStep(Tensor Entries, float PerUnit) : MapStep
{
    public override IEnumerable<KernelConstant> Constants => [new("entries", Entries)];
}

/// <summary>
/// Two integers compared as real numbers: <c>(a - zero) · factor</c> of the one with that of the other, exactly. Operands of i8 and i16 in any
/// combination, or of any integer type without a scale, with zero points of 0 and factors of 1; gives bool.
/// </summary>
public sealed record CompareStep(CompareFunction Function, int ZeroA, long FactorA, int ZeroB, long FactorB) : MapStep;

/// <summary>Two numbers of single precision compared; gives bool.</summary>
public sealed record FloatCompareStep(CompareFunction Function) : MapStep;

/// <summary>Operand 1 where operand 0, a bool, holds, else operand 2: elements of any type, moved as they are.</summary>
public sealed record ChooseStep : MapStep;

/// <summary>A float function of two operands, then a clamp.</summary>
public sealed record FloatBinaryStep(BinaryFunction Function, float Lo, float Hi) : MapStep;

/// <summary>A float function of one operand with up to two parameters.</summary>
public sealed record FloatUnaryStep(UnaryFunction Function, float Alpha = 0, float Beta = 0) : MapStep;
