using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>x / √(mean of squares + ε) · scale over all axes from one on; canonical, elementary operators.</summary>
public sealed record RmsNormalization(int Axis, float Epsilon) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("rms-normalization", "RMSNormalization", Read),
        new("simplified-layer-normalization", "SimplifiedLayerNormalization", Read), // the name before opset 23, from ONNX Runtime
    ];

    public override string Name => "rms-normalization";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        Epsilon == 1e-5f ? [("axis", Axis)] : [("axis", Axis), ("epsilon", Epsilon)];

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        Shape row = [.. x.Shape.Skip(Extents.Axis(Axis, x.Shape.Rank))];
        if (Extents.Broadcast(row, context.Shape(1)) != row)
            throw OperatorException.Invalid($"RMSNormalization over {row} has a scale {context.Shape(1)}.");
        if (context.Outputs > 1)
            throw OperatorException.Unsupported("RMSNormalization gives its deviation, which only training needs. Remove that output.");
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        int axis = Extents.Axis(Axis, context.Shape(0).Rank), rank = context.Shape(0).Rank;
        string x = context.Input(0);
        string square = context.Add(new Binary(BinaryFunction.Multiply, Activation.None), x, x);
        string mean = context.Add(new Reduce(ReduceFunction.Mean, [.. Enumerable.Range(axis, rank - axis)], true), square);
        string safe = context.Add(new Binary(BinaryFunction.Add, Activation.None), mean, context.AddConstant("epsilon", Tensor.Scalar(Epsilon)));
        string factor = context.Add(new Unary(UnaryFunction.Power, -0.5f), safe);
        string normal = context.Add(new Binary(BinaryFunction.Multiply, Activation.None), x, factor);
        return [context.Add(new Binary(BinaryFunction.Multiply, Activation.None), normal, context.Input(1))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), values = x.ToF32(), y = Tensor.Zeros(ElementType.F32, x.Shape);
        int axis = Extents.Axis(Axis, x.Shape.Rank), length = x.Shape.Product(axis, x.Shape.Rank);
        for (int first = 0; first < x.Count; first += length)
        {
            double squares = 0;
            foreach (float value in values.Span<float>().Slice(first, length))
                squares += (double)value * value;
            double factor = 1 / Math.Sqrt(squares / length + Epsilon);
            for (int i = first; i < first + length; i++)
                y.Span<float>()[i] = (float)(values.Span<float>()[i] * factor);
        }

        return [new Binary(BinaryFunction.Multiply, Activation.None).Evaluate(new([y, context.Input(1)], 1))[0].ConvertTo(x.Element)];
    }

    private static RmsNormalization Read(AttributeReader a)
    {
        a.Has("stash_type"); // the precision of the statistics: single or better here
        return new(a.Int("axis", -1), a.Float("epsilon", 1e-5f));
    }
}
