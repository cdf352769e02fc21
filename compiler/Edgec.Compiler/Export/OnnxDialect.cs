namespace Edgec.Export;

/// <summary>How a written model says where values are rounded.</summary>
public enum OnnxDialect
{
    /// <summary>ONNX's QuantizeLinear and DequantizeLinear around float operators.</summary>
    Qdq,

    /// <summary>QONNX's Quant, float in and float out.</summary>
    Qonnx,
}
