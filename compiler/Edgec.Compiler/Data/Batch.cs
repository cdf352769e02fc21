using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>Arrays whose first axis is the sample.</summary>
internal static class Batch
{
    /// <summary>A copy of one sample.</summary>
    public static Tensor Take(Tensor array, int index)
    {
        int size = array.Bytes.Length / array.Shape[0];
        return Tensor.FromBytes(array.Element, Shape.Create(array.Shape.AsSpan()[1..]), array.Bytes.Slice(index * size, size).ToArray());
    }
}
