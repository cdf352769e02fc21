using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>Products of each row with the weights of the experts that indices name at run time. Operands: rows, indices.</summary>
/// <param name="Weights">[Experts · Columns, Inner], i8, i4 or f32; weights of 4 bits begin at a whole byte for every expert.</param>
/// <param name="Bias">[Experts · Columns], i32 or f32, or null for none.</param>
/// <param name="Finish">Of sums, with parameters for each of Experts · Columns or for all.</param>
/// <param name="Index">Element type of the indices: i32 or i64.</param>
/// <param name="LeftZero">Zero point of operand 0.</param>
/// <param name="Groups">Multipliers inside the columns of <paramref name="Weights"/>; null for none.</param>
public sealed record ExpertMatmulKernel(
    ExpertGeometry Geometry, Tensor Weights, Tensor? Bias, Finish Finish, ElementType Index, int LeftZero = 0, WeightGroups? Groups = null) : Kernel
{
    public override string Shape => "expert-matmul";

    public override IEnumerable<KernelConstant> Constants
    {
        get
        {
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
