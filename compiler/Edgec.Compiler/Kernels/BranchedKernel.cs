using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>
/// Convolution of i8 or i16 with a second sum in it, that of a few values of 16 bits at each pixel of the result: both are complete and exact when they
/// meet, and what they make is rounded once. A matrix product is a window of one pixel. Two operands: x, and the values [pixels, Rank] with zero point 0.
/// </summary>
/// <param name="Element">Of x and of the result: i8 or i16.</param>
/// <param name="Geometry">With one group.</param>
/// <param name="Weights">[OutChannels, KernelHeight, KernelWidth, Channels], i8 or i4.</param>
/// <param name="Bias">[OutChannels], i32, added to Σ weight·(x - zero).</param>
/// <param name="InputZero">Zero point of x.</param>
/// <param name="Branch">i8 [OutChannels, Rank].</param>
public sealed record BranchedKernel(ElementType Element, WindowGeometry Geometry, Tensor Weights, Tensor Bias, int InputZero, Tensor Branch, JoinedFinish Finish)
    : Kernel
{
    public override string Shape => "branched";

    /// <summary>Values of the second sum.</summary>
    public int Rank => Branch.Shape[1];

    public override IEnumerable<KernelConstant> Constants => [new("weights", Weights), new("bias", Bias), new("branch", Branch), .. Finish.Constants];
}
