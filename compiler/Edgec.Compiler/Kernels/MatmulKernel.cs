using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>Matrix product, 1x1 convolution and dense layer. The right side is constant weights or a second operand.</summary>
/// <param name="Weights">[Columns, Inner], i8, i4 or f32; null if the right side is operand 1.</param>
/// <param name="Bias">[Columns], i32 or f32, or null for none.</param>
/// <param name="LeftZero">Zero point of operand 0.</param>
/// <param name="RightZero">Zero point of operand 1; weights have 0.</param>
/// <param name="Groups">Multipliers inside the outputs of <paramref name="Weights"/>; null for none.</param>
public sealed record MatmulKernel(
    MatmulGeometry Geometry, Tensor? Weights, Tensor? Bias, Finish Finish, int LeftZero = 0, int RightZero = 0, WeightGroups? Groups = null)
    : Kernel
{
    public override string Shape => "matmul";

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
