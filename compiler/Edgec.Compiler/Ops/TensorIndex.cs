using Edgec.Runtime;
using Edgec.Runtime.Arithmetic;

namespace Edgec.Ops;

/// <summary>
/// Indices that a model computes or holds. Those it holds must be in range; one it computes that is not stands for the nearest end
/// (<see cref="Scalar.Position"/>).
/// </summary>
internal static class TensorIndex
{
    /// <summary>An index in [0, extent) from one in [-extent, extent).</summary>
    /// <exception cref="OperatorException">It is out of range.</exception>
    public static int Of(long index, int extent) => index >= -extent && index < extent
        ? (int)(index < 0 ? index + extent : index)
        : throw OperatorException.Invalid($"Index {index} is not in [{-extent}, {extent - 1}].");

    /// <exception cref="OperatorException">Indices are known and out of range, or there is nothing they could name.</exception>
    /// <param name="extents">Of the axes that tuples along the last axis of the indices name; one for indices that name one axis.</param>
    public static void RequireInRange(InferContext context, int input, params ReadOnlySpan<int> extents)
    {
        if (extents.Length == 0)
            return; // tuples of nothing name all of the data
        if (context.Shape(input).ElementCount > 0 && extents.Contains(0))
            throw OperatorException.Invalid("An axis without elements has none that an index could name. Check the shapes.");
        if (context.Constant(input) is not { } indices)
            return;
        for (int i = 0; i < indices.Count; i++)
            Of(indices.Integer(i), extents[i % extents.Length]);
    }

    /// <exception cref="OperatorException">Element-wise indices reach outside the data in an axis other than their own.</exception>
    public static void RequireFit(Shape data, Shape indices, int axis)
    {
        bool fits = data.Rank == indices.Rank;
        for (int i = 0; fits && i < data.Rank; i++)
            fits = i == axis || indices[i] <= data[i];
        if (!fits)
            throw OperatorException.Invalid($"Indices {indices} along axis {axis} do not fit into {data}.");
    }

    /// <summary>For each index in order, the data element at that index of an axis and the index's own position in the others.</summary>
    public static IEnumerable<int> Along(Shape data, Tensor indices, int axis)
    {
        int[] strides = data.Strides(), steps = indices.Shape.Strides();
        for (int i = 0; i < indices.Count; i++)
        {
            int element = Scalar.Position(indices.Integer(i), data[axis]) * strides[axis];
            for (int k = 0, rest = i; k < steps.Length; rest %= steps[k], k++)
                element += k == axis ? 0 : rest / steps[k] * strides[k];
            yield return element;
        }
    }

    /// <summary>For each index tuple in order, the slice of the data at that place, as elements.</summary>
    public static IEnumerable<(int Start, int Length)> Slices(Shape data, Tensor indices, int batchAxes)
    {
        int depth = indices.Shape[^1], length = data.Product(batchAxes + depth, data.Rank);
        int tuples = indices.Shape.Product(0, indices.Shape.Rank - 1);
        int perBatch = indices.Shape.Product(batchAxes, indices.Shape.Rank - 1);
        int[] strides = data.Strides();
        for (int i = 0; i < tuples; i++)
        {
            int start = i / perBatch * data.Product(batchAxes, data.Rank);
            for (int k = 0; k < depth; k++)
                start += Scalar.Position(indices.Integer(i * depth + k), data[batchAxes + k]) * strides[batchAxes + k];
            yield return (start, length);
        }
    }
}
