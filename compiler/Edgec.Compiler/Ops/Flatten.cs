using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Axes before <paramref name="Axis"/> become rows, the others columns.</summary>
public sealed record Flatten(int Axis) : ViewOperator
{
    public static readonly OpDef Def = new("flatten", "Flatten", a => new Flatten(a.Int("axis", 1)));

    public override string Name => "flatten";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => [("axis", Axis)];

    private protected override Shape Resolve(Shape x, InferContext context)
    {
        int axis = Axis == x.Rank ? x.Rank : Extents.Axis(Axis, x.Rank);
        return [x.Product(0, axis), x.Product(axis, x.Rank)];
    }
}
