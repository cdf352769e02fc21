namespace Edgec.Ops;

/// <summary>Convolution of integers: x, w and y each with scale and zero point, then a bias i32 at scale(x) · scale(w).</summary>
public sealed record QLinearConv(Conv Float) : QLinearOperator
{
    public static readonly OpDef Def = new("qlinear-conv", "QLinearConv", a => new QLinearConv((Conv)Conv.Def.Read(a)));

    public override string Name => "qlinear-conv";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Float.Attributes;

    private protected override string Compose(Canonicalizer context)
    {
        string x = Real(context, 0), w = Real(context, 3, axis: 0);
        string y = context.Has(8) ? context.Add(Float, x, w, Bias(context, 8, 1, 4)) : context.Add(Float, x, w);
        return Integers(context, y, 6);
    }
}
