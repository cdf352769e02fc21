using Edgec.Runtime;

namespace Edgec.Kernels;

/// <summary>What a <see cref="RowNormKernel"/> computes along each row.</summary>
public abstract record RowNormStep
{
    public virtual IEnumerable<KernelConstant> Constants => [];
}

/// <summary>Order-free integer softmax (docs/numerics.md §4): i8 scores to <c>p + Zero</c> as i8.</summary>
/// <param name="Exponentials">i16[256]: round(32767 · exp(-scale · d)) for d = max - q.</param>
/// <param name="Maximum">The integer that stands for probability 1: 255.</param>
/// <param name="Zero">Output zero point: -128.</param>
public sealed record SoftmaxStep(Tensor Exponentials, int Maximum, int Zero) : RowNormStep
{
    public override IEnumerable<KernelConstant> Constants => [new("exponentials", Exponentials)];
}

/// <summary>Softmax in single precision: maximum, exponentials, sum, division.</summary>
/// <param name="Logarithm">The logarithm of the softmax instead.</param>
public sealed record FloatSoftmaxStep(bool Logarithm) : RowNormStep;
