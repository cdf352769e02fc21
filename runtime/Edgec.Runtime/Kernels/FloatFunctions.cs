namespace Edgec.Runtime.Kernels;

/// <summary>
/// The mathematics of element-wise operators, in one place: operators are evaluated with it, the quantizer tabulates it,
/// float kernels call it. Computed in double, so that single-precision results and table entries round once.
/// </summary>
public static class FloatFunctions
{
    public static float Apply(UnaryFunction function, float x, float alpha = 0, float beta = 0) =>
        (float)Apply(function, (double)x, alpha, beta);

    public static float Apply(BinaryFunction function, float x, float y) => (float)Apply(function, (double)x, y);

    public static double Apply(BinaryFunction function, double x, double y) => function switch
    {
        BinaryFunction.Add => x + y,
        BinaryFunction.Subtract => x - y,
        BinaryFunction.Multiply => x * y,
        BinaryFunction.Divide => x / y,
        BinaryFunction.Power => Math.Pow(x, y),
        BinaryFunction.Maximum => Math.Max(x, y),
        BinaryFunction.Minimum => Math.Min(x, y),
        BinaryFunction.Prelu => x >= 0 ? x : x * y,
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    public static double Apply(UnaryFunction function, double x, double alpha = 0, double beta = 0) => function switch
    {
        UnaryFunction.Absolute => Math.Abs(x),
        UnaryFunction.Negate => -x,
        UnaryFunction.Reciprocal => 1 / x,
        UnaryFunction.SquareRoot => Math.Sqrt(x),
        UnaryFunction.Exponential => Math.Exp(x),
        UnaryFunction.Logarithm => Math.Log(x),
        UnaryFunction.Sine => Math.Sin(x),
        UnaryFunction.Cosine => Math.Cos(x),
        UnaryFunction.Tangent => Math.Tan(x),
        UnaryFunction.Arcsine => Math.Asin(x),
        UnaryFunction.Arccosine => Math.Acos(x),
        UnaryFunction.Arctangent => Math.Atan(x),
        UnaryFunction.Sinh => Math.Sinh(x),
        UnaryFunction.Cosh => Math.Cosh(x),
        UnaryFunction.Tanh => Math.Tanh(x),
        UnaryFunction.Asinh => Math.Asinh(x),
        UnaryFunction.Acosh => Math.Acosh(x),
        UnaryFunction.Atanh => Math.Atanh(x),
        UnaryFunction.Power => Math.Pow(x, alpha),
        UnaryFunction.Floor => Math.Floor(x),
        UnaryFunction.Ceiling => Math.Ceiling(x),
        UnaryFunction.Round => Math.Round(x, MidpointRounding.ToEven),
        UnaryFunction.Sign => double.IsNaN(x) ? x : Math.Sign(x),
        UnaryFunction.Erf => Erf(x),
        UnaryFunction.Sigmoid => Sigmoid(x),
        UnaryFunction.Clip => Math.Min(Math.Max(x, alpha), beta),
        UnaryFunction.LeakyRelu => x >= 0 ? x : alpha * x,
        UnaryFunction.HardSigmoid => Math.Clamp(alpha * x + beta, 0, 1),
        UnaryFunction.HardSwish => x * Math.Clamp(x / 6 + 0.5, 0, 1),
        UnaryFunction.Swish => x * Sigmoid(alpha * x),
        UnaryFunction.Elu => x > 0 ? x : alpha * ExponentialMinusOne(x),
        UnaryFunction.Selu => beta * (x > 0 ? x : alpha * ExponentialMinusOne(x)),
        UnaryFunction.Celu => x > 0 ? x : alpha * ExponentialMinusOne(x / alpha),
        UnaryFunction.Softplus => Softplus(x),
        UnaryFunction.Softsign => x / (1 + Math.Abs(x)),
        UnaryFunction.Mish => x * Math.Tanh(Softplus(x)),
        UnaryFunction.Gelu => x / 2 * (1 + Erf(x / Math.Sqrt(2))),
        UnaryFunction.GeluTanh => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        UnaryFunction.ThresholdedRelu => x > alpha ? x : 0,
        UnaryFunction.Shrink => x < -alpha ? x + beta : x > alpha ? x - beta : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    /// <summary>The error function to the accuracy of double, by the series 2/√π · e^-x² · Σ 2ⁿ x^(2n+1) / (2n+1)!!.</summary>
    /// <remarks>Abramowitz and Stegun 7.1.6: every term has the sign of x, so nothing cancels. From 6 on it is 1.</remarks>
    public static double Erf(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) >= 6)
            return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    // log(1 + e^x) without overflow; log(1 + u) for a u that vanishes beside 1 is u.
    private static double Softplus(double x)
    {
        double u = Math.Exp(-Math.Abs(x)), w = 1 + u;
        return Math.Max(x, 0) + (w == 1 ? u : Math.Log(w) * (u / (w - 1)));
    }

    private static double ExponentialMinusOne(double x) => Math.Abs(x) < 1e-5 ? x + x * x / 2 : Math.Exp(x) - 1;
}
