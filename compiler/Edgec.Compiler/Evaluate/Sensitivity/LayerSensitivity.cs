using Edgec.Quantize.Precision;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>What quantizing one layer costs. Signal to noise ratios are in dB against the float model; infinite for no noise.</summary>
/// <param name="Index">Position among the layers, from 0.</param>
/// <param name="Name">As a precision plan calls it.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="Value">The value it computes.</param>
/// <param name="Local">Of its result, computed in integers from float operands.</param>
/// <param name="Alone">Of the model's outputs if this layer alone is quantized.</param>
/// <param name="Wider">What else it is given for <paramref name="WithWider"/>: 16-bit activations where it can have them, else float.</param>
/// <param name="WithWider">Of the outputs if all layers are quantized, but this one is wider.</param>
/// <param name="Gain">What the outputs would gain: <paramref name="WithWider"/> less the fully quantized model's.</param>
/// <param name="Propagated">Of its result in the fully quantized model.</param>
/// <param name="Cost">By which layers rank, a ratio of noise to signal: the mean of what it makes alone and of what goes if it
/// alone is wider. Two layers that share a value make the same noise alone; only one takes it away.</param>
public sealed record LayerSensitivity(
    int Index,
    string Name,
    string Operator,
    string Value,
    LayerPrecision Precision,
    double Local,
    double Alone,
    LayerPrecision Wider,
    double WithWider,
    double Gain,
    double Propagated,
    double Cost);
