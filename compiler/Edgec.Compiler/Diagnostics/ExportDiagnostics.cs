namespace Edgec.Diagnostics;

/// <summary>What writing ONNX models has to say (EC52xx).</summary>
public static class ExportDiagnostics
{
    public static Diagnostic NoForm(string location, string op, string dialect, string why) => Diagnostic.Error(
        "EC5201", location, $"Operator {op} has no form in {dialect}: {why}.");

    public static Diagnostic TooLarge(string model, long bytes) => Diagnostic.Error(
        "EC5202", model, $"The model would take {bytes} bytes, and protobuf ends at 2 GiB. Quantize weights that are float, or cut the model in two.");

    public static Diagnostic BiasRounded(string location, long steps) => Diagnostic.Warning(
        "EC5203", location, $"A bias of {steps} steps is rounded to single precision, in which QONNX has biases; it holds 2^24 steps exactly. Use --to qdq where every bit counts.");
}
