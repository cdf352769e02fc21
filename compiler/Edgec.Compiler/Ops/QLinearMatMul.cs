namespace Edgec.Ops;

/// <summary>Matrix product of integers: a, b and y each with scale and zero point; those of b may be one for each column.</summary>
public sealed record QLinearMatMul : QLinearOperator
{
    public static readonly OpDef Def = new("qlinear-matmul", "QLinearMatMul", _ => new QLinearMatMul());

    public override string Name => "qlinear-matmul";

    private protected override string Compose(Canonicalizer context) => Integers(
        context, context.Add(new MatMul(false, Activation.None), Real(context, 0, axis: -2), Real(context, 3, axis: -1)), 6);
}
