using System.Collections.Immutable;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>What quantizing a model costs, layer by layer.</summary>
/// <param name="Precision">The plan in a word or two.</param>
/// <param name="Samples">How many samples were measured.</param>
/// <param name="Outputs">The outputs that were judged.</param>
/// <param name="Quantized">Signal to noise ratio of the outputs with all layers quantized, in dB.</param>
/// <param name="Layers">The most sensitive first.</param>
/// <param name="Values">Every value of the quantized model against float, in the order of computing.</param>
public sealed record SensitivityResult(
    string Precision,
    int Samples,
    ImmutableArray<string> Outputs,
    double Quantized,
    ImmutableArray<LayerSensitivity> Layers,
    ImmutableArray<ValueNoise> Values);
