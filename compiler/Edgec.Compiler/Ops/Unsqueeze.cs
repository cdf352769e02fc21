using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Inserts axes of extent 1, so that they stand at the positions of the attribute (opset 1 to 12) or of input 1.</summary>
public sealed record Unsqueeze(EquatableArray<int> Axes) : ViewOperator
{
    public static readonly OpDef Def = new("unsqueeze", "Unsqueeze", a => new Unsqueeze(a.Ints("axes")));

    public override string Name => "unsqueeze";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Axes.Count == 0 ? [] : [("axes", Axes)];

    private protected override Shape Resolve(Shape x, InferContext context)
    {
        long[] named = context.Has(1) ? context.RequireConstant(1, "axes").Integers() : [.. Axes.Select(a => (long)a)];
        int rank = x.Rank + named.Length;
        HashSet<int> inserted = [.. named.Select(axis => Extents.Axis(axis, rank))];
        if (inserted.Count != named.Length)
            throw OperatorException.Invalid($"Unsqueeze names an axis twice: [{string.Join(',', named)}].");
        int next = 0;
        return Shape.From(Enumerable.Range(0, rank).Select(axis => inserted.Contains(axis) ? 1 : x[next++]));
    }
}
