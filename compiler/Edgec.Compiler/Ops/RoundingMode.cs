namespace Edgec.Ops;

/// <summary>Which integer a real number becomes when a model quantizes it.</summary>
public enum RoundingMode
{
    /// <summary>The nearest; of two equally near the even one. ONNX's QuantizeLinear.</summary>
    HalfEven,

    /// <summary>The nearest; of two equally near the greater one.</summary>
    HalfUp,

    /// <summary>The nearest; of two equally near the one farther from 0.</summary>
    HalfAwayFromZero,

    /// <summary>The nearest; of two equally near the one closer to 0.</summary>
    HalfTowardZero,

    /// <summary>The greatest that is not greater.</summary>
    Floor,

    /// <summary>The least that is not less.</summary>
    Ceiling,

    /// <summary>The one at or next to it on the side of 0.</summary>
    TowardZero,

    /// <summary>The one at or next to it on the side away from 0.</summary>
    AwayFromZero,
}
