using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Bit by bit, on integers, with broadcasting. Evaluated only; there is no kernel.</summary>
public sealed record Bitwise(BitwiseFunction Function) : Operator
{
    private static readonly (BitwiseFunction Function, string Text, string? Onnx)[] Spellings =
    [
        (BitwiseFunction.And, "bitwise-and", "BitwiseAnd"),
        (BitwiseFunction.Not, "bitwise-not", "BitwiseNot"),
        (BitwiseFunction.Or, "bitwise-or", "BitwiseOr"),
        (BitwiseFunction.ShiftLeft, "shift-left", null),
        (BitwiseFunction.ShiftRight, "shift-right", null),
        (BitwiseFunction.Xor, "bitwise-xor", "BitwiseXor"),
    ];

    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        .. Spellings.Select(spelling => new OpDef(spelling.Text, spelling.Onnx, _ => new Bitwise(spelling.Function))),
        new("bit-shift", "BitShift", a => new Bitwise(a.Text("direction", "") switch
        {
            "LEFT" => BitwiseFunction.ShiftLeft,
            "RIGHT" => BitwiseFunction.ShiftRight,
            var other => throw OperatorException.Invalid($"BitShift's direction is LEFT or RIGHT, not '{other}'."),
        })),
    ];

    public override string Name => Spellings.First(spelling => spelling.Function == Function).Text;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        if (x.Element.IsFloat())
            throw OperatorException.Invalid($"{Name} needs integers, not {x}. Cast them.");
        return [Function == BitwiseFunction.Not ? new(x.Element, x.Shape) : new(x.Element, Extents.Broadcast(x.Shape, context.Shape(1)))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        int bits = 8 * x.Element.SizeOf();
        return [Function switch
        {
            BitwiseFunction.Not => Elementwise.MapIntegers(x, value => ~value),
            BitwiseFunction.And => Elementwise.MapIntegers(x, context.Input(1), x.Element, (a, b) => a & b),
            BitwiseFunction.Or => Elementwise.MapIntegers(x, context.Input(1), x.Element, (a, b) => a | b),
            BitwiseFunction.Xor => Elementwise.MapIntegers(x, context.Input(1), x.Element, (a, b) => a ^ b),
            BitwiseFunction.ShiftLeft => Elementwise.MapIntegers(x, context.Input(1), x.Element, (a, b) => b < bits ? a << (int)b : 0),
            _ => Elementwise.MapIntegers(x, context.Input(1), x.Element, (a, b) => b < bits ? a >> (int)b : 0),
        }];
    }
}
