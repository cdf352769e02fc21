using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Sum or product of integers, each operand and the result with scale and zero point.</summary>
public sealed record QLinearBinary(BinaryFunction Function) : QLinearOperator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("qlinear-add", "QLinearAdd", _ => new QLinearBinary(BinaryFunction.Add)) { Domain = "com.microsoft" },
        new("qlinear-mul", "QLinearMul", _ => new QLinearBinary(BinaryFunction.Multiply)) { Domain = "com.microsoft" },
    ];

    public override string Name => Function == BinaryFunction.Add ? "qlinear-add" : "qlinear-mul";

    private protected override string Compose(Canonicalizer context) =>
        Integers(context, context.Add(new Binary(Function, Activation.None), Real(context, 0), Real(context, 3)), 6);
}
