using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>
/// Deformable convolution over [N, H, W, C]: <c>finish(bias + Σ weight · sample)</c>, where data say how far each sample lies from its tap.
/// Operands: the image (i8 or f32), the offsets (i8, i16 or f32) and, if there is one, the mask (i8 or i16, in 256ths from its zero, or f32).
/// </summary>
/// <param name="Weights">[OutChannels, KernelHeight, KernelWidth, Channels/Groups], i4, i8 or f32.</param>
/// <param name="Bias">[OutChannels], i32 or f32; null for none. For integers it has the scale of the sums, with the samples' fraction bits.</param>
/// <param name="Masked">Samples are multiplied by a mask.</param>
/// <param name="InputZero">Zero point of the image; 0 for float.</param>
/// <param name="MaskZero">Zero point of the mask; 0 for float.</param>
public sealed record DeformKernel(
    WindowGeometry Geometry, DeformSampling Sampling, bool Masked, Tensor Weights, Tensor? Bias, Finish Finish, int InputZero = 0, int MaskZero = 0) : Kernel
{
    public override string Shape => "deform";

    public override IEnumerable<KernelConstant> Constants =>
    [
        new("weights", Weights),
        .. Bias is null ? [] : new KernelConstant[] { new("bias", Bias) },
        .. Finish.Constants,
    ];

    /// <summary>One input channel for each output channel, or each small block of them.</summary>
    public bool IsDepthwise => Geometry.Groups == Geometry.Channels;

    /// <summary>The greatest magnitude of an integer sample.</summary>
    public int SampleReach => byte.MaxValue << Sampling.Fraction;
}
