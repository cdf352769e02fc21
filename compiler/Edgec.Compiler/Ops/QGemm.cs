namespace Edgec.Ops;

/// <summary><c>alpha · A' · B' + C</c> of integers; C is i32 at alpha · scale(A) · scale(B). Without a scale of the result it is float.</summary>
public sealed record QGemm(Gemm Float) : QLinearOperator
{
    public static readonly OpDef Def = new("qgemm", "QGemm", a => new QGemm((Gemm)Gemm.Def.Read(a))) { Domain = "com.microsoft" };

    public override string Name => "qgemm";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Float.Attributes;

    private protected override string Compose(Canonicalizer context)
    {
        if (Float.Alpha != 1)
            throw OperatorException.Unsupported("QGemm with an alpha is not supported. Fold it into a scale.");
        string a = Real(context, 0), b = Real(context, 3, axis: Float.TransposeB ? 0 : 1);
        string y = context.Has(6) ? context.Add(Float, a, b, Bias(context, 6, 1, 4)) : context.Add(Float, a, b);
        return context.Has(7) ? Integers(context, y, 7) : y;
    }
}
