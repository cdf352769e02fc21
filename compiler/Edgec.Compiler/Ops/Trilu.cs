using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The upper or lower triangle of each matrix, and 0 elsewhere; the diagonal is shifted by input 1.</summary>
public sealed record Trilu(bool Upper) : MoveOperator
{
    public static readonly OpDef Def = new("trilu", "Trilu", a => new Trilu(a.Flag("upper", true)));

    public override string Name => "trilu";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Upper ? [] : [("upper", false)];

    public override ImmutableArray<TensorType> Infer(InferContext context) => context.Shape(0).Rank >= 2
        ? [context.Input(0)]
        : throw OperatorException.Invalid($"Trilu needs matrices, not {context.Shape(0)}.");

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        Shape x = context.Shape(0);
        int rows = x[^2], columns = x[^1];
        long shift = context.Has(1) ? Math.Clamp(context.RequireConstant(1, "k").Integer(0), -rows - 1L, columns + 1L) : 0;
        move.Fill(0);
        int[][] maps = [.. x.Select(Identity)];
        for (int row = 0; row < rows; row++)
        {
            int split = (int)Math.Clamp(row + shift + (Upper ? 0 : 1), 0, columns);
            var target = new int[x.Rank];
            target[^2] = row;
            maps[^2] = [row];
            maps[^1] = [.. Enumerable.Range(0, columns).Select(column => column >= split == Upper ? column : -1)];
            move.Gather(0, x, maps, target);
        }
    }
}
