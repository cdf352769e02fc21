namespace Edgec.Ir;

/// <summary>How far a graph has come. The verifier has one table of rules for each level.</summary>
public enum Level
{
    /// <summary>As the model says it: any known operator, types not yet inferred.</summary>
    Imported,

    /// <summary>Every type known, shapes static, views and scalars normalised, float.</summary>
    Canonical,

    /// <summary>Integers between the first quantize and the last dequantize.</summary>
    Quantized,

    /// <summary>Ready for a target: laid out, tiled, in the order of execution.</summary>
    Planned,
}
