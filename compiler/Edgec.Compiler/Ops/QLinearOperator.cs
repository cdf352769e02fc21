namespace Edgec.Ops;

/// <summary>
/// An operator on integers that says what a float operator does to the reals they stand for: its operands are dequantized, the
/// float operator computes, its result is quantized. Scales and zero points are inputs behind the integers they belong to.
/// </summary>
public abstract record QLinearOperator : Composition
{
    /// <summary>The reals of input <paramref name="input"/>, whose scale and zero point are the next two.</summary>
    private protected static string Real(Canonicalizer context, int input, int axis = QuantizeLinear.DefaultAxis)
    {
        Require(context, input, "integers");
        Require(context, input + 1, "scale");
        return context.Has(input + 2)
            ? context.Add(new DequantizeLinear(axis), context.Input(input), context.Input(input + 1), context.Input(input + 2))
            : context.Add(new DequantizeLinear(axis), context.Input(input), context.Input(input + 1));
    }

    /// <summary>A value as integers by the scale at input <paramref name="scale"/> and the zero point behind it.</summary>
    private protected static string Integers(Canonicalizer context, string value, int scale)
    {
        Require(context, scale, "scale of the result");
        return context.Has(scale + 1)
            ? context.Add(new QuantizeLinear(), value, context.Input(scale), context.Input(scale + 1))
            : context.Add(new QuantizeLinear(), value, context.Input(scale));
    }

    /// <summary>A bias of i32 at the product of two scales.</summary>
    private protected static string Bias(Canonicalizer context, int bias, int scaleX, int scaleW)
    {
        string scale = context.Add(new Binary(Edgec.Runtime.Kernels.BinaryFunction.Multiply, Activation.None), context.Input(scaleX), context.Input(scaleW));
        return context.Add(new DequantizeLinear(0), context.Input(bias), scale);
    }

    private static void Require(Canonicalizer context, int input, string meaning)
    {
        if (!context.Has(input))
            throw OperatorException.Invalid($"Input {input} ({meaning}) is missing. Connect it.");
    }
}
