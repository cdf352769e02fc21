namespace Edgec.Diagnostics;

/// <summary>What calibration and quantization have to say (EC3xxx).</summary>
public static class QuantizeDiagnostics
{
    public static Diagnostic StaysFloat(string location, string op, string reason) => Diagnostic.Warning(
        "EC3010", location, $"Operator {op} stays in float between dequantize and quantize: {reason}. FPGA targets refuse it.");

    public static Diagnostic NotFinite(string location) => Diagnostic.Error(
        "EC3011", location, "This value became NaN or infinite while calibrating. Check the calibration data's range, mean and std.");

    public static Diagnostic CalibratedOnNoise(string model, int samples) => Diagnostic.Warning(
        "EC3012", model, $"No calibration data: ranges come from {samples} samples of seeded noise, so accuracy is not to be trusted. Give --calibrate DATA.");
}
