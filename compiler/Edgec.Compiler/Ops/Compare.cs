using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Comparisons and logic of two operands with broadcasting, giving bool. Integers of different scales are compared exactly, as the real
/// numbers they stand for.
/// </summary>
/// <param name="Axis">Where operand 1 starts in operand 0, for models before opset 7.</param>
public sealed record Compare(CompareFunction Function, int? Axis = null) : Operator
{
    private static readonly (CompareFunction Function, string Text, string Onnx)[] Spellings =
    [
        (CompareFunction.And, "and", "And"),
        (CompareFunction.Equal, "equal", "Equal"),
        (CompareFunction.Greater, "greater", "Greater"),
        (CompareFunction.GreaterOrEqual, "greater-or-equal", "GreaterOrEqual"),
        (CompareFunction.Less, "less", "Less"),
        (CompareFunction.LessOrEqual, "less-or-equal", "LessOrEqual"),
        (CompareFunction.Or, "or", "Or"),
        (CompareFunction.Xor, "xor", "Xor"),
    ];

    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        .. Spellings.Select(spelling => new OpDef(spelling.Text, spelling.Onnx, a =>
        {
            bool broadcast = a.Flag("broadcast"), given = a.Has("axis") && (broadcast || a.Opset >= 7);
            return new Compare(spelling.Function, given ? a.Int("axis") : null);
        })),
    ];

    public override string Name => Spellings.First(spelling => spelling.Function == Function).Text;

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Axis is null ? [] : [("axis", Axis.Value)];

    public override QuantizationRule Quantization => QuantizationRule.Index;

    public override bool HasWideForm => true;

    public override Operator? ToChannelsLast(InferContext context) => Axis is null ? this : null;

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        Axis is null ? null : [context.Add(this with { Axis = null }, context.Input(0), Aligned(context))];

    public override Lowered Lower(LoweringContext context)
    {
        (TensorType a, TensorType b) = (context.Input(0), context.Input(1));
        var geometry = BroadcastGeometry.Of(context.Output.Shape, a.Shape, b.Shape);
        if (Axis is not null)
            throw new OperatorException("EC4001", $"Operator {Name} with axis {Axis} has no kernel. Run the pass canonicalize first.");
        MapStep step = (a, b) switch
        {
            ({ Element: ElementType.F32 }, { Element: ElementType.F32 }) => new FloatCompareStep(Function),
            ({ Element: ElementType.I8 or ElementType.I16, Quantization: { Axis: < 0 } p }, { Element: ElementType.I8 or ElementType.I16, Quantization: { Axis: < 0 } q }) => Scaled(p, q),
            ({ Quantization: null }, { Quantization: null }) when a.Element == b.Element && IsPlain(a.Element) => new CompareStep(Function, 0, 1, 0, 1),
            _ => throw new OperatorException("EC4004", $"Operator {Name} on {a} and {b} has no kernel. Cast both to float before it, or make its inputs constant."),
        };
        return context.Kernel(new MapKernel(step, geometry), 0, 1);
    }

    public override ImmutableArray<TensorType> Infer(InferContext context) =>
        [new(ElementType.Bool, Extents.Broadcast(context.Shape(0), Extents.Align(context.Shape(1), context.Shape(0), Axis)))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor a = context.Input(0), b = context.Input(1);
        b = b.Reshape(Extents.Align(b.Shape, a.Shape, Axis));
        bool[] values = a.Element.IsFloat()
            ? Elementwise.Pairs(a, b, (i, j) => Holds(a.Number(i), b.Number(j)))
            : Elementwise.Pairs(a, b, (i, j) => Holds(a.Wide(i), b.Wide(j)));
        return [Tensor.Of(Extents.Broadcast(a.Shape, b.Shape), values)];
    }

    private bool Holds(double a, double b) => Function switch
    {
        CompareFunction.Equal => a == b,
        CompareFunction.Greater => a > b,
        CompareFunction.GreaterOrEqual => a >= b,
        CompareFunction.Less => a < b,
        CompareFunction.LessOrEqual => a <= b,
        _ => Holds((Int128)(a != 0 ? 1 : 0), b != 0 ? 1 : 0),
    };

    private bool Holds(Int128 a, Int128 b) => Function switch
    {
        CompareFunction.And => a != 0 && b != 0,
        CompareFunction.Equal => a == b,
        CompareFunction.Greater => a > b,
        CompareFunction.GreaterOrEqual => a >= b,
        CompareFunction.Less => a < b,
        CompareFunction.LessOrEqual => a <= b,
        CompareFunction.Or => a != 0 || b != 0,
        CompareFunction.Xor => a != 0 != (b != 0),
        _ => throw new InvalidOperationException(Function.ToString()),
    };

    private string Aligned(Canonicalizer context)
    {
        Shape aligned = Extents.Align(context.Shape(1), context.Shape(0), Axis);
        return aligned == context.Shape(1) ? context.Input(1) : context.Add(new Reshape([.. aligned]), context.Input(1));
    }

    private static bool IsPlain(ElementType element) =>
        element is ElementType.I8 or ElementType.U8 or ElementType.I16 or ElementType.I32 or ElementType.I64 or ElementType.Bool;

    // Of equal scales and zero points the integers themselves compare.
    private CompareStep Scaled(Quantization a, Quantization b)
    {
        (long factorA, long factorB) = ScaleRatio.Of((float)a.Scale, (float)b.Scale);
        bool equal = factorA == factorB && a.Zero == b.Zero;
        return new(Function, equal ? 0 : a.Zero, factorA, equal ? 0 : b.Zero, factorB);
    }
}
