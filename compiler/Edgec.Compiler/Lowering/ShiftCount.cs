using System.Numerics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Edgec.Lowering;

/// <summary>The right side of a shift that cannot leave the width of the left: <c>5</c>, or <c>n &amp; 63</c>.</summary>
/// <param name="Masked">The value under the mask; null for a constant.</param>
/// <param name="Amount">The constant, or the mask.</param>
internal sealed record ShiftCount(IOperation? Masked, int Amount)
{
    public int MaskBits => BitOperations.PopCount((uint)Amount);

    public static ShiftCount? Read(IOperation count, int width) => count switch
    {
        { ConstantValue: { HasValue: true, Value: int amount } } when amount >= 0 && amount < width => new(null, amount),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.And, RightOperand.ConstantValue: { HasValue: true, Value: int mask } } masked
            when mask > 0 && mask < width && BitOperations.IsPow2(mask + 1) => new(masked.LeftOperand, mask),
        _ => null,
    };
}
