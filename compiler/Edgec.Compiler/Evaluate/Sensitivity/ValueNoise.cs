namespace Edgec.Evaluate.Sensitivity;

/// <summary>How far a value of the fully quantized model is from the float model's.</summary>
/// <param name="Operator">What computes it; <c>input</c> for an input.</param>
/// <param name="Decibel">Signal to noise ratio.</param>
public sealed record ValueNoise(string Value, string Operator, double Decibel);
