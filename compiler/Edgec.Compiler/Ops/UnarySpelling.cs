using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>How a unary function is written: its names and those of its parameters, with ONNX's defaults.</summary>
internal sealed record UnarySpelling(
    UnaryFunction Function,
    string Text,
    string? Onnx,
    string? AlphaName = null,
    float AlphaDefault = 0,
    string? BetaName = null,
    float BetaDefault = 0)
{
    public static IReadOnlyList<UnarySpelling> All { get; } =
    [
        new(UnaryFunction.Absolute, "abs", "Abs"),
        new(UnaryFunction.Arccosine, "acos", "Acos"),
        new(UnaryFunction.Acosh, "acosh", "Acosh"),
        new(UnaryFunction.Arcsine, "asin", "Asin"),
        new(UnaryFunction.Asinh, "asinh", "Asinh"),
        new(UnaryFunction.Arctangent, "atan", "Atan"),
        new(UnaryFunction.Atanh, "atanh", "Atanh"),
        new(UnaryFunction.Ceiling, "ceil", "Ceil"),
        new(UnaryFunction.Celu, "celu", "Celu", "alpha", 1),
        new(UnaryFunction.Clip, "clip", "Clip", "min", float.NegativeInfinity, "max", float.PositiveInfinity),
        new(UnaryFunction.Cosine, "cos", "Cos"),
        new(UnaryFunction.Cosh, "cosh", "Cosh"),
        new(UnaryFunction.Elu, "elu", "Elu", "alpha", 1),
        new(UnaryFunction.Erf, "erf", "Erf"),
        new(UnaryFunction.Exponential, "exp", "Exp"),
        new(UnaryFunction.Floor, "floor", "Floor"),
        new(UnaryFunction.HardSigmoid, "hard-sigmoid", "HardSigmoid", "alpha", 0.2f, "beta", 0.5f),
        new(UnaryFunction.HardSwish, "hard-swish", "HardSwish"),
        new(UnaryFunction.LeakyRelu, "leaky-relu", "LeakyRelu", "alpha", 0.01f),
        new(UnaryFunction.Logarithm, "log", "Log"),
        new(UnaryFunction.Mish, "mish", "Mish"),
        new(UnaryFunction.Negate, "neg", "Neg"),
        new(UnaryFunction.Power, "power", null, "exponent", 1),
        new(UnaryFunction.Reciprocal, "reciprocal", "Reciprocal"),
        new(UnaryFunction.Round, "round", "Round"),
        new(UnaryFunction.Selu, "selu", "Selu", "alpha", 1.67326319217681884765625f, "gamma", 1.05070102214813232421875f),
        new(UnaryFunction.Shrink, "shrink", "Shrink", "lambd", 0.5f, "bias", 0),
        new(UnaryFunction.Sigmoid, "sigmoid", "Sigmoid"),
        new(UnaryFunction.Sign, "sign", "Sign"),
        new(UnaryFunction.Sine, "sin", "Sin"),
        new(UnaryFunction.Sinh, "sinh", "Sinh"),
        new(UnaryFunction.Softplus, "softplus", "Softplus"),
        new(UnaryFunction.Softsign, "softsign", "Softsign"),
        new(UnaryFunction.SquareRoot, "sqrt", "Sqrt"),
        new(UnaryFunction.Swish, "swish", "Swish", "alpha", 1),
        new(UnaryFunction.Tangent, "tan", "Tan"),
        new(UnaryFunction.Tanh, "tanh", "Tanh"),
        new(UnaryFunction.ThresholdedRelu, "thresholded-relu", "ThresholdedRelu", "alpha", 1),
    ];

    public static UnarySpelling Of(UnaryFunction function) => All.First(spelling => spelling.Function == function);

    public Unary Read(AttributeReader a)
    {
        a.Has("consumed_inputs"); // opset 1 to 5: a hint that the input may be overwritten
        return new(
            Function,
            AlphaName is null ? 0 : a.Float(AlphaName, AlphaDefault),
            BetaName is null ? 0 : a.Float(BetaName, BetaDefault));
    }

    public IEnumerable<(string Name, AttributeValue Value)> Attributes(Unary op)
    {
        if (AlphaName is not null && op.Alpha != AlphaDefault)
            yield return (AlphaName, op.Alpha);
        if (BetaName is not null && op.Beta != BetaDefault)
            yield return (BetaName, op.Beta);
    }
}
