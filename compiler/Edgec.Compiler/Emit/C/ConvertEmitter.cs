using Edgec.Kernels;

namespace Edgec.Emit.C;

internal static class ConvertEmitter
{
    public static CBody Emit(ConvertKernel kernel, StepContext context) => new(
        $"""
        for (int i = 0; i < {context.Outer(kernel.Count)}; i++)
            y[i] = edgec_{Verb(kernel, context)}(x[i], {CLiteral.Float(kernel.Scale)}, {kernel.Zero});
        """,
        "edgec_convert.h");

    private static string Verb(ConvertKernel kernel, StepContext context) => kernel.Conversion switch
    {
        Conversion.Quantize => context.IsWide ? "quantize_i16" : "quantize",
        Conversion.Dequantize => "dequantize",
        _ => throw context.Mismatch(kernel.Conversion),
    };
}
