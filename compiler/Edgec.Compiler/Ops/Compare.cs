using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Comparisons and logic of two operands with broadcasting, giving bool. Evaluated while compiling; there is no kernel.</summary>
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
}
