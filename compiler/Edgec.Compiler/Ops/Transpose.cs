using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Output axis i is input axis <c>Permutation[i]</c>; an empty permutation reverses the axes.</summary>
public sealed record Transpose(EquatableArray<int> Permutation) : MoveOperator
{
    public static readonly OpDef Def = new("transpose", "Transpose", a => new Transpose(a.Ints("perm")));

    public override string Name => "transpose";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Permutation.Count == 0 ? [] : [("perm", Permutation)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        return [x with { Shape = x.Shape.Permute(Resolve(x.Shape)) }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        int[] permutation = Resolve(x);
        if (permutation.SequenceEqual(Enumerable.Range(0, x.Rank)))
            return [context.Input(0)];
        // Axes of extent 1 may move freely: the elements stay where they are.
        int[] kept = [.. permutation.Where(axis => x[axis] != 1)];
        if (kept.Order().SequenceEqual(kept))
            return [context.Add(new Reshape([.. x.Permute(permutation)]), context.Input(0))];
        if (DequantizeLinear.Behind(context, this, axis => Array.IndexOf(permutation, axis)) is { } constant)
            return [constant];
        return Permutation.Count == x.Rank ? null : [context.Add(new Transpose([.. permutation]), context.Input(0))];
    }

    /// <remarks>With x' and y' stored in the order L = [0,2,3,1] of the axes, y'[i] = y[L[i]] = x[p[L[i]]] = x'[L⁻¹[p[L[i]]]].</remarks>
    public override Operator? ToChannelsLast(InferContext context)
    {
        int[] permutation = Resolve(context.Shape(0)), last = [0, 2, 3, 1];
        return permutation.Length == 4 ? new Transpose([.. last.Select(axis => Extents.ChannelsLast(permutation[axis]))]) : null;
    }

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        Shape x = context.Shape(0);
        int[] source = move.Strides(x);
        move.Copy(0, move.Output.AsSpan(), [.. Resolve(x).Select(axis => source[axis])], move.Strides(move.Output));
    }

    private int[] Resolve(Shape x)
    {
        if (Permutation.Count == 0)
            return [.. Enumerable.Range(0, x.Rank).Reverse()];
        int[] permutation = [.. Permutation.Select(axis => Extents.Axis(axis, x.Rank))];
        return permutation.Length == x.Rank && permutation.Distinct().Count() == x.Rank
            ? permutation
            : throw OperatorException.Invalid($"perm {Permutation} is no permutation of the axes of {x}.");
    }
}
