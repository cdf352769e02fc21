namespace Edgec.Ops;

/// <summary>Indices that a model computes or holds.</summary>
internal static class TensorIndex
{
    /// <summary>An index in [0, extent) from one in [-extent, extent).</summary>
    /// <exception cref="OperatorException">It is out of range.</exception>
    public static int Of(long index, int extent) => index >= -extent && index < extent
        ? (int)(index < 0 ? index + extent : index)
        : throw OperatorException.Invalid($"Index {index} is not in [{-extent}, {extent - 1}].");
}
