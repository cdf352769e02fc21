using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// The same elements under another shape. ONNX gives the shape as input 1 (opset 5 on), with 0 for "as the input" and -1
/// for "what is left"; canonical, it is an attribute without either.
/// </summary>
public sealed record Reshape(EquatableArray<int> Shape, bool AllowZero = false) : Operator
{
    public static readonly OpDef Def = new("reshape", "Reshape", a => new Reshape(a.Ints("shape"), a.Flag("allowzero")));

    public override string Name => "reshape";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        [.. Shape.Count == 0 ? [] : new (string, AttributeValue)[] { ("shape", Shape) }, .. AllowZero ? new (string, AttributeValue)[] { ("allowzero", true) } : []];

    /// <summary>The canonical reshape to a shape.</summary>
    public static Reshape To(Shape shape) => new([.. shape], AllowZero: shape.Contains(0));

    public override QuantizationRule Quantization => QuantizationRule.Shared;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        long[] wanted = context.Has(1) ? context.RequireConstant(1, "shape").Integers() : [.. Shape.Select(s => (long)s)];
        return [x with { Shape = Resolve(x.Shape, wanted) }];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        long[] wanted = context.Has(1) ? context.Input(1).Integers() : [.. Shape.Select(s => (long)s)];
        return [x.Reshape(Resolve(x.Shape, wanted))];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape shape = context.OutputType().Shape;
        if (shape == context.Shape(0))
            return [context.Input(0)];
        if (DequantizeLinear.Behind(context, To(shape), axis => Kept(context.Shape(0), axis, shape)) is { } constant)
            return [constant];
        return context.Has(1) || !Shape.AsSpan().SequenceEqual(shape.AsSpan())
            ? [context.Add(To(shape), context.Input(0))]
            : null;
    }

    public override Lowered Lower(LoweringContext context) => context.View(0);

    // The axis of the result that counts the same elements.
    private static int? Kept(Shape x, int axis, Shape y)
    {
        int before = x.Product(0, axis);
        for (int i = 0; i < y.Rank; i++)
        {
            if (y[i] == x[axis] && y.Product(0, i) == before)
                return i;
        }

        return null;
    }

    private Shape Resolve(Shape x, ReadOnlySpan<long> wanted)
    {
        var extents = new int[wanted.Length];
        int open = -1;
        long known = 1;
        for (int i = 0; i < extents.Length; i++)
        {
            if (wanted[i] == -1 && open < 0)
            {
                open = i;
                continue;
            }

            long extent = wanted[i] == 0 && !AllowZero && i < x.Rank ? x[i] : wanted[i];
            if (extent is < 0 or > int.MaxValue)
                throw OperatorException.Invalid($"Cannot reshape {x} to [{string.Join(',', wanted.ToArray())}].");
            extents[i] = (int)extent;
            known = checked(known * extent);
        }

        if (open >= 0)
            extents[open] = known == 0 ? 0 : (int)(x.ElementCount / known);
        if (extents.Aggregate(1L, (a, b) => a * b) != x.ElementCount)
            throw OperatorException.Invalid($"Cannot reshape {x} with {x.ElementCount} elements to [{string.Join(',', wanted.ToArray())}].");
        return Runtime.Shape.Create(extents);
    }
}
