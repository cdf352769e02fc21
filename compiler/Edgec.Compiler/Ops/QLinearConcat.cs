namespace Edgec.Ops;

/// <summary>Concatenation of integers: the result's scale and zero point, then each operand with its own.</summary>
public sealed record QLinearConcat(Concat Float) : QLinearOperator
{
    public static readonly OpDef Def = new("qlinear-concat", "QLinearConcat", a => new QLinearConcat((Concat)Concat.Def.Read(a))) { Domain = "com.microsoft" };

    public override string Name => "qlinear-concat";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Float.Attributes;

    private protected override string Compose(Canonicalizer context)
    {
        if (context.Count < 5 || (context.Count - 2) % 3 != 0)
            throw OperatorException.Invalid($"QLinearConcat has {context.Count} inputs. It needs a scale, a zero point, and three for each operand.");
        return Integers(context, context.Add(Float, [.. Enumerable.Range(0, (context.Count - 2) / 3).Select(i => Real(context, 2 + 3 * i))]), 0);
    }
}
