using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>GELU of x plus a bias [C], as ONNX Runtime's optimizer writes it: BiasGelu exactly, FastGelu by tanh and with the bias optional.</summary>
public sealed record BiasGelu(bool Tanh) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("bias-gelu", "BiasGelu", _ => new BiasGelu(false)) { Domain = "com.microsoft" },
        new("fast-gelu", "FastGelu", _ => new BiasGelu(true)) { Domain = "com.microsoft" },
    ];

    private static readonly Binary Add = new(BinaryFunction.Add, Activation.None);

    public override string Name => Tanh ? "fast-gelu" : "bias-gelu";

    public override ImmutableArray<TensorType> Infer(InferContext context) => context.Has(1) ? Add.Infer(context) : [context.Input(0)];

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        [context.Add(Gelu, context.Has(1) ? context.Add(Add, context.Input(0), context.Input(1)) : context.Input(0))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) =>
        Gelu.Evaluate(new([context.Has(1) ? Add.Evaluate(context)[0] : context.Input(0)], 1));

    private Unary Gelu => new(Tanh ? UnaryFunction.GeluTanh : UnaryFunction.Gelu);
}
