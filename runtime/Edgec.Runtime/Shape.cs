using System.Collections;
using System.Runtime.CompilerServices;

namespace Edgec.Runtime;

/// <summary>The extents of a tensor, outermost first; rank 0 is a scalar. All extents are known and not negative.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    public static readonly Shape Scalar = new([]);

    private readonly int[] extents;

    private Shape(int[] extents)
    {
        this.extents = extents;
        long count = 1;
        foreach (int extent in extents)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent);
            count = checked(count * extent);
        }

        ElementCount = count;
    }

    /// <summary>Number of dimensions.</summary>
    public int Rank => extents.Length;

    /// <summary>Product of the extents.</summary>
    public long ElementCount { get; }

    int IReadOnlyCollection<int>.Count => extents.Length;

    public int Length => extents.Length;

    public int this[int axis] => extents[axis];

    public int this[Index axis] => extents[axis];

    public static Shape Create(ReadOnlySpan<int> extents) => new(extents.ToArray());

    public static Shape From(IEnumerable<int> extents) => new([.. extents]);

    public ReadOnlySpan<int> AsSpan() => extents;

    public int[] ToArray() => [.. extents];

    /// <summary>Row-major strides in elements.</summary>
    public int[] Strides()
    {
        var strides = new int[extents.Length];
        int stride = 1;
        for (int axis = extents.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= extents[axis];
        }

        return strides;
    }

    /// <summary>Product of the extents from <paramref name="start"/> up to but not including <paramref name="end"/>.</summary>
    public int Product(int start, int end)
    {
        int product = 1;
        for (int axis = start; axis < end; axis++)
            product = checked(product * extents[axis]);
        return product;
    }

    /// <summary>This shape with one extent replaced.</summary>
    public Shape With(int axis, int extent)
    {
        int[] copy = [.. extents];
        copy[axis] = extent;
        return new(copy);
    }

    /// <summary>The shape whose axis i is this shape's axis <c>permutation[i]</c>.</summary>
    public Shape Permute(ReadOnlySpan<int> permutation)
    {
        var permuted = new int[extents.Length];
        for (int axis = 0; axis < permuted.Length; axis++)
            permuted[axis] = extents[permutation[axis]];
        return new(permuted);
    }

    public bool Equals(Shape? other) => other is not null && extents.AsSpan().SequenceEqual(other.extents);

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int extent in extents)
            hash.Add(extent);
        return hash.ToHashCode();
    }

    public static bool operator ==(Shape? left, Shape? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Shape? left, Shape? right) => !(left == right);

    /// <summary>For example <c>[1,3,224,224]</c>.</summary>
    public override string ToString() => $"[{string.Join(',', extents)}]";

    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)extents).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => extents.GetEnumerator();
}
