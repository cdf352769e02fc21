namespace Edgec.Runtime.Kernels;

/// <summary>Functions of one value; α and β are parameters. The quantizer tabulates them, float code calls them.</summary>
public enum UnaryFunction
{
    Absolute,
    Negate,
    Reciprocal,
    SquareRoot,
    Exponential,
    Logarithm,
    Sine,
    Cosine,
    Tangent,
    Arcsine,
    Arccosine,
    Arctangent,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,

    /// <summary>x to the power of α.</summary>
    Power,
    Floor,
    Ceiling,

    /// <summary>To nearest, ties to even.</summary>
    Round,
    Sign,
    Erf,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>clamp(x, α, β); Relu is clamp(x, 0, ∞).</summary>
    Clip,

    /// <summary>x if x ≥ 0, else α · x.</summary>
    LeakyRelu,

    /// <summary>clamp(α · x + β, 0, 1).</summary>
    HardSigmoid,

    /// <summary>x · clamp(x / 6 + 1/2, 0, 1).</summary>
    HardSwish,

    /// <summary>x · sigmoid(α · x); α = 1 is SiLU.</summary>
    Swish,

    /// <summary>x if x > 0, else α (e^x - 1).</summary>
    Elu,

    /// <summary>β x if x > 0, else β α (e^x - 1).</summary>
    Selu,

    /// <summary>x if x > 0, else α (e^(x/α) - 1).</summary>
    Celu,

    /// <summary>log(1 + e^x).</summary>
    Softplus,

    /// <summary>x / (1 + |x|).</summary>
    Softsign,

    /// <summary>x · tanh(log(1 + e^x)).</summary>
    Mish,

    /// <summary>x Φ(x), with the exact error function.</summary>
    Gelu,

    /// <summary>GELU by tanh: x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
    GeluTanh,

    /// <summary>x if x > α, else 0.</summary>
    ThresholdedRelu,

    /// <summary>x - β below -α becomes x + β, above α x - β, else 0 (Shrink: α = lambd, β = bias).</summary>
    Shrink,
}
