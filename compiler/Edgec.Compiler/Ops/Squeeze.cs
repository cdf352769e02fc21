using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Drops axes of extent 1: those named by the attribute (opset 1 to 12) or input 1, or else all.</summary>
public sealed record Squeeze(EquatableArray<int> Axes) : ViewOperator
{
    public static readonly OpDef Def = new("squeeze", "Squeeze", a => new Squeeze(a.Ints("axes")));

    public override string Name => "squeeze";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Axes.Count == 0 ? [] : [("axes", Axes)];

    private protected override Shape Resolve(Shape x, InferContext context)
    {
        long[] named = context.Has(1) ? context.RequireConstant(1, "axes").Integers() : [.. Axes.Select(a => (long)a)];
        HashSet<int> dropped = named.Length == 0 && !context.Has(1)
            ? [.. Enumerable.Range(0, x.Rank).Where(axis => x[axis] == 1)]
            : [.. named.Select(axis => Extents.Axis(axis, x.Rank))];
        foreach (int axis in dropped)
        {
            if (x[axis] != 1)
                throw OperatorException.Invalid($"Squeeze cannot drop axis {axis} of {x}, which is not 1.");
        }

        return Shape.From(x.Where((_, axis) => !dropped.Contains(axis)));
    }
}
