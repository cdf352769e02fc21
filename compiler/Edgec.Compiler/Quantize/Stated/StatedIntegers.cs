using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Quantize.Stated;

/// <summary>What the integers of a value are that the model states: their scale and their type, i8 or i16.</summary>
public sealed record StatedIntegers(Quantization Quantization, ElementType Element);
