using Edgec.Runtime.Kernels;

namespace Edgec.Emit.C;

/// <summary>Float functions as C expressions: the C library's where it has them, else those of <c>edgec_float.h</c>.</summary>
internal static class CFunctions
{
    public static string Call(BinaryFunction function, string x, string y) => function switch
    {
        BinaryFunction.Add => $"{x} + {y}",
        BinaryFunction.Subtract => $"{x} - {y}",
        BinaryFunction.Multiply => $"{x} * {y}",
        BinaryFunction.Divide => $"{x} / {y}",
        BinaryFunction.Power => $"powf({x}, {y})",
        BinaryFunction.Maximum => $"edgec_maximum_f32({x}, {y})",
        BinaryFunction.Minimum => $"edgec_minimum_f32({x}, {y})",
        BinaryFunction.Prelu => $"edgec_prelu({x}, {y})",
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    public static string Call(UnaryFunction function, string x, float alpha, float beta)
    {
        string a = CLiteral.Float(alpha), b = CLiteral.Float(beta);
        return function switch
        {
            UnaryFunction.Absolute => $"fabsf({x})",
            UnaryFunction.Negate => $"-{x}",
            UnaryFunction.Reciprocal => $"1.0f / {x}",
            UnaryFunction.SquareRoot => $"sqrtf({x})",
            UnaryFunction.Exponential => $"expf({x})",
            UnaryFunction.Logarithm => $"logf({x})",
            UnaryFunction.Sine => $"sinf({x})",
            UnaryFunction.Cosine => $"cosf({x})",
            UnaryFunction.Tangent => $"tanf({x})",
            UnaryFunction.Arcsine => $"asinf({x})",
            UnaryFunction.Arccosine => $"acosf({x})",
            UnaryFunction.Arctangent => $"atanf({x})",
            UnaryFunction.Sinh => $"sinhf({x})",
            UnaryFunction.Cosh => $"coshf({x})",
            UnaryFunction.Tanh => $"tanhf({x})",
            UnaryFunction.Asinh => $"asinhf({x})",
            UnaryFunction.Acosh => $"acoshf({x})",
            UnaryFunction.Atanh => $"atanhf({x})",
            UnaryFunction.Power => $"powf({x}, {a})",
            UnaryFunction.Floor => $"floorf({x})",
            UnaryFunction.Ceiling => $"ceilf({x})",
            UnaryFunction.Round => $"rintf({x})",
            UnaryFunction.Sign => $"edgec_sign({x})",
            UnaryFunction.Erf => $"erff({x})",
            UnaryFunction.Sigmoid => $"edgec_sigmoid({x})",
            UnaryFunction.Clip => $"edgec_clamp_f32({x}, {a}, {b})",
            UnaryFunction.LeakyRelu => $"edgec_leaky_relu({x}, {a})",
            UnaryFunction.HardSigmoid => $"edgec_hard_sigmoid({x}, {a}, {b})",
            UnaryFunction.HardSwish => $"edgec_hard_swish({x})",
            UnaryFunction.Swish => $"edgec_swish({x}, {a})",
            UnaryFunction.Elu => $"edgec_elu({x}, {a})",
            UnaryFunction.Selu => $"edgec_selu({x}, {a}, {b})",
            UnaryFunction.Celu => $"edgec_celu({x}, {a})",
            UnaryFunction.Softplus => $"edgec_softplus({x})",
            UnaryFunction.Softsign => $"edgec_softsign({x})",
            UnaryFunction.Mish => $"edgec_mish({x})",
            UnaryFunction.Gelu => $"edgec_gelu({x})",
            UnaryFunction.GeluTanh => $"edgec_gelu_tanh({x})",
            UnaryFunction.ThresholdedRelu => $"edgec_thresholded_relu({x}, {a})",
            UnaryFunction.Shrink => $"edgec_shrink({x}, {a}, {b})",
            _ => throw new ArgumentOutOfRangeException(nameof(function)),
        };
    }
}
