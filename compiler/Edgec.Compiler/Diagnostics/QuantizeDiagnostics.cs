namespace Edgec.Diagnostics;

/// <summary>What calibration and quantization have to say (EC3xxx).</summary>
public static class QuantizeDiagnostics
{
    public static Diagnostic StaysFloat(string location, string op, string reason) => Diagnostic.Warning(
        "EC3010", location, $"Operator {op} stays in float between dequantize and quantize: {reason}. FPGA targets refuse it.");

    public static Diagnostic StaysNarrow(string location, string op) => Diagnostic.Warning(
        "EC3016", location, $"Operator {op} has no 16-bit form yet; it computes with 8-bit activations, between rescales.");

    public static Diagnostic NotFinite(string location) => Diagnostic.Error(
        "EC3011", location, "This value became NaN or infinite while calibrating. Check the calibration data's range, mean and std.");

    public static Diagnostic CalibratedOnNoise(string model, int samples) => Diagnostic.Warning(
        "EC3012", model, $"No calibration data: ranges come from {samples} samples of seeded noise, so accuracy is not to be trusted. Give --calibrate DATA.");

    public static Diagnostic PartlyOnNoise(string model, int samples, IReadOnlyCollection<string> values) => Diagnostic.Warning(
        "EC3013", model, $"The model states no scale for {values.Count} of its values ({string.Join(", ", values.Take(3))}{(values.Count > 3 ? ", …" : "")}). Theirs come from {samples} samples of seeded noise. Give --calibrate DATA.");

    public static Diagnostic MaskIsAlwaysOpen(string location, string mask) => Diagnostic.Warning(
        "EC3018", location, $"All of the mask {mask} was one number while calibrating. Lower numbers close no position when the program runs. Give calibration data in which positions are closed.");

    public static Diagnostic WeightsQuantizedAgain(string location) => Diagnostic.Warning(
        "EC3014", location, "These weights have integers that i8 cannot hold with zero point 0, or scales along another axis than the output channels. They are quantized again, symmetric and per channel. Quantize them so in the model.");

    public static Diagnostic NoIntegers(string location, string op) => Diagnostic.Error(
        "EC3015", location, $"What {op} states has no integer form: kernels take activations of 8 bits, or of 16 with zero point 0, with one scale, a zero point within range, and rounding to nearest. Quantize the value so.");

    /// <param name="values">How many values have a quantization stated.</param>
    public static Diagnostic FloatOfQuantized(string model, int values) => Diagnostic.Error(
        "EC3017", model, $"The model arrives quantized ({values} of its values state their integers), and --precision fp32 has no form for that. Leave --precision out, which takes the integers as they are, or give the model from before it was quantized.");
}
