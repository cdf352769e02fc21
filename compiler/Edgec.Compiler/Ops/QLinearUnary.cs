using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>A float operator of one operand on integers: activations, softmax, pooling.</summary>
public sealed record QLinearUnary(Operator Float) : QLinearOperator
{
    // Softmax took all axes from one on together before opset 13.
    private const int LastFlatOpset = 12;

    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        Of("average-pool", "QLinearAveragePool", a => AveragePool.Def.Read(a)),
        Of("global-average-pool", "QLinearGlobalAveragePool", a => new GlobalPool(ReduceFunction.Mean, a.Flag("channels_last"))),
        Of("leaky-relu", "QLinearLeakyRelu", a => new Unary(UnaryFunction.LeakyRelu, a.Float("alpha", 0.01f))),
        Of("sigmoid", "QLinearSigmoid", _ => new Unary(UnaryFunction.Sigmoid)),
        Of("softmax", "QLinearSoftmax", a => new Softmax(a.Int("axis", -1), false, a.Has("flatten") ? a.Flag("flatten") : a.Int("opset", LastFlatOpset + 1) <= LastFlatOpset)),
    ];

    public override string Name => $"qlinear-{Float.Name}";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Float.Attributes;

    private protected override string Compose(Canonicalizer context) => Integers(context, context.Add(Float, Real(context, 0)), 3);

    private static OpDef Of(string text, string onnx, Func<AttributeReader, Operator> read) =>
        new($"qlinear-{text}", onnx, a => new QLinearUnary(read(a))) { Domain = "com.microsoft" };
}
