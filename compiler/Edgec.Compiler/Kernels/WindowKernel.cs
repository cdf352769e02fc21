using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

public enum WindowMode
{
    /// <summary>Σ weight · (x - zero), then bias; positions outside count as real 0.</summary>
    Convolution,

    /// <summary>Maximum over positions inside.</summary>
    Maximum,

    /// <summary>Σ (x - zero) over positions inside; the finish divides.</summary>
    Average,
}

/// <summary>Convolution (full, grouped, depthwise) and pooling over [N, H, W, C]. One operand.</summary>
/// <param name="Weights">[OutChannels, KernelHeight, KernelWidth, Channels/Groups], i8 or f32; null for pooling.</param>
/// <param name="Bias">[OutChannels], i32 or f32; null for pooling. For integers it is added to Σ weight·(x - zero).</param>
/// <param name="InputZero">Zero point of the input; 0 for float.</param>
/// <param name="CountPadding">Average only: positions outside count in the divisor (integer: the finish is always taken
/// at the full count).</param>
/// <param name="Groups">Multipliers inside the outputs of <paramref name="Weights"/>; null for none.</param>
public sealed record WindowKernel(
    WindowMode Mode, WindowGeometry Geometry, Tensor? Weights, Tensor? Bias, Finish Finish, int InputZero = 0, bool CountPadding = false, WeightGroups? Groups = null)
    : Kernel
{
    public override string Shape => "window";

    /// <summary>One input channel for each output channel, or each small block of them.</summary>
    public bool IsDepthwise => Mode != WindowMode.Convolution || Geometry.Groups == Geometry.Channels;

    public override IEnumerable<KernelConstant> Constants
    {
        get
        {
            if (Weights is not null)
                yield return new("weights", Weights);
            if (Groups is not null)
                yield return new("groups", Groups.Multipliers);
            if (Bias is not null)
                yield return new("bias", Bias);
            foreach (KernelConstant constant in Finish.Constants)
                yield return constant;
        }
    }
}
