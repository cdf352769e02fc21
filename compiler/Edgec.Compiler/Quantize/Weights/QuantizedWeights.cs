using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Quantize.Weights;

/// <summary>A layer's weights as integers.</summary>
/// <param name="Integers">i8 or i4.</param>
/// <param name="BiasShift">What is to be added to the bias of each output, in real numbers; null for nothing.</param>
public sealed record QuantizedWeights(Tensor Integers, Quantization Quantization, float[]? BiasShift);
