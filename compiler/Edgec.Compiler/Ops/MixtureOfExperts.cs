using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// A mixture of experts of two layers as one node. For each row of x the k experts with the greatest scores, softmax of the gate over all of
/// them, count, each by its score. <c>edge.moe</c> has the inputs x, gate [D,E], w1 [E,D,H], b1 [E,H], w2 [E,H,D'], b2 [E,D'];
/// <c>com.microsoft</c> has x, the gate's products [rows,E], w1 [E,H,D], b1, w2 [E,D',H], b2. Biases may be absent. Canonical, it is a
/// <see cref="RankedIndices"/> and two <see cref="ExpertMatMul"/>.
/// </summary>
/// <param name="Activation">Between the layers: relu, gelu, silu or identity.</param>
/// <param name="Normalize">The scores of the chosen experts sum up to 1.</param>
/// <param name="Routed">The form of <c>com.microsoft</c>.</param>
public sealed record MixtureOfExperts(int Choices, string Activation, bool Normalize, bool Routed) : Composition
{
    private const int Gate = 1;
    private const int GatedWeights = 6; // of com.microsoft: a third product, times the activation

    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("moe", "MoE", a => Checked(new(a.Int("k", 1), a.Text("activation", "relu"), a.Flag("normalize"), Routed: false))) { Domain = "edge.moe" },
        new("contrib-moe", "MoE", ReadContrib) { Domain = "com.microsoft" },
    ];

    public override string Name => Routed ? "contrib-moe" : "moe";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
    [
        ("k", Choices),
        (Routed ? "activation_type" : "activation", Activation),
        .. Normalize ? new (string, AttributeValue)[] { (Routed ? "normalize_routing_weights" : "normalize", true) } : [],
    ];

    private protected override string Compose(Canonicalizer context)
    {
        if (Routed && (context.Has(GatedWeights) || context.Has(GatedWeights + 1)))
            throw OperatorException.Unsupported("MoE with a third layer (fc3) is not supported. Export its experts as operators.");
        Shape x = context.Shape(0), w1 = context.Shape(2), w2 = context.Shape(4);
        if (x.Rank == 0 || w1.Rank != 3 || w2.Rank != 3 || w1[0] != w2[0])
            throw OperatorException.Invalid($"MoE needs rows and weights [experts, inner, columns], not {x}, {w1} and {w2}.");
        string rows = context.Input(0);
        if (Routed && x.Rank != 2)
            rows = context.Add(new Reshape([(int)(x.ElementCount / Math.Max(1, x[^1])), x[^1]]), rows);
        string logits = Routed ? context.Input(Gate) : context.Add(new MatMul(false, Ops.Activation.None), rows, context.Input(Gate));
        int axis = context.TypeOf(rows).Shape.Rank - 1, experts = w1[0];
        if (context.TypeOf(logits).Shape != context.TypeOf(rows).Shape.With(axis, experts))
            throw OperatorException.Invalid($"MoE has {experts} experts but a gate of {context.TypeOf(logits).Shape} for rows {context.TypeOf(rows).Shape}.");
        (string scores, string indices) = Choose(context, logits, axis);
        string hidden = Product(context, rows, 2, indices);
        string values = Product(context, Between is { } function ? context.Add(function, hidden) : hidden, 4, indices);
        Shape chosen = context.TypeOf(values).Shape;
        string across = context.Add(new Reshape([.. chosen.SkipLast(2), 1, Choices]), scores);
        string sum = context.Add(new MatMul(false, Ops.Activation.None), across, values);
        return context.Add(new Reshape([.. x.SkipLast(1), chosen[^1]]), sum);
    }

    // The scores of the chosen divided by their sum are a softmax of their own.
    private (string Scores, string Indices) Choose(Canonicalizer context, string logits, int axis)
    {
        if (Choices < 1 || Choices > context.TypeOf(logits).Shape[axis])
            throw OperatorException.Invalid($"MoE asks for {Choices} of {context.TypeOf(logits).Shape[axis]} experts.");
        var softmax = new Softmax(axis, Logarithm: false);
        string ranked = Normalize ? logits : context.Add(softmax, logits);
        string indices = context.Add(new RankedIndices(axis, Choices, Largest: true), ranked);
        string scores = context.Add(new GatherElements(axis), ranked, indices);
        return (Normalize ? context.Add(softmax, scores) : scores, indices);
    }

    private string Product(Canonicalizer context, string rows, int input, string indices)
    {
        Shape weights = context.Shape(input);
        (int columns, int inner) = Routed ? (weights[1], weights[2]) : (weights[2], weights[1]);
        string columnwise = Routed ? context.Input(input) : context.Add(new Transpose([0, 2, 1]), context.Input(input));
        string matrix = context.Add(new Reshape([weights[0] * columns, inner]), columnwise);
        var product = new ExpertMatMul(weights[0], Ops.Activation.None);
        string bias = context.Has(input + 1) ? context.Add(new Reshape([weights[0] * columns]), context.Input(input + 1)) : "";
        return context.Add(product, rows, matrix, bias, indices);
    }

    private Unary? Between => Activation switch
    {
        "relu" => Unary.Relu,
        "gelu" => new(Routed ? UnaryFunction.GeluTanh : UnaryFunction.Gelu), // as ONNX Runtime computes it
        "silu" => new(UnaryFunction.Swish, 1),
        _ => null,
    };

    private static MixtureOfExperts ReadContrib(AttributeReader a)
    {
        if (a.Flag("use_sparse_mixer"))
            throw OperatorException.Unsupported("MoE with use_sparse_mixer is not supported. Export its experts as operators.");
        a.Has("swiglu_fusion"); // these belong to an activation that is refused
        a.Has("swiglu_limit");
        a.Has("activation_alpha");
        a.Has("activation_beta");
        return Checked(new(a.Int("k", 1), a.Text("activation_type", "relu"), a.Flag("normalize_routing_weights"), Routed: true));
    }

    private static MixtureOfExperts Checked(MixtureOfExperts op) => op.Activation is "relu" or "gelu" or "silu" or "identity"
        ? op
        : throw OperatorException.Unsupported($"MoE with the activation {op.Activation} is not supported; relu, gelu, silu and identity are. Export its experts as operators.");
}
