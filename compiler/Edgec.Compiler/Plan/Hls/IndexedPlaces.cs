using System.Collections.Immutable;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>How indices name places of a tensor as it is stored, in elements; where whole storage rows are moved, in words.</summary>
/// <param name="Indices">Word address of the indices.</param>
/// <param name="IndexExtent">Indices of a storage row.</param>
/// <param name="IndexPitch">Words from one to the next.</param>
/// <param name="IndexShift">2 for i32, 3 for i64.</param>
/// <param name="Base">What is added to every place.</param>
/// <param name="Inner">Elements that follow one another; 1 for a run of whole rows.</param>
/// <param name="InnerExtent">Elements of a storage row of these.</param>
/// <param name="InnerPitch">Elements from one to the next.</param>
/// <param name="Strides">Of the axes that are looked up.</param>
/// <param name="Run">Words of a run of whole storage rows; 0 where elements are moved.</param>
public sealed record IndexedPlaces(
    int Indices, int IndexExtent, int IndexPitch, int IndexShift, int Base, int Outer, int OuterStride, int Count, int Inner, int InnerExtent, int InnerPitch,
    bool OuterIndexed, bool InnerIndexed, ImmutableArray<int> Extents, ImmutableArray<int> Strides, int Run)
{
    private const int Lanes = EngineConfiguration.Lanes;

    public int Tuples => Outer * Count * (InnerIndexed ? Inner : 1);

    /// <summary>Indices that are read.</summary>
    public int Numbers => Tuples * Extents.Length;

    /// <summary>Elements that are moved, or runs.</summary>
    public int Moved => Outer * Count * Inner;

    public string Initializer
    {
        get
        {
            string extents = string.Join(", ", Extents), strides = string.Join(", ", Strides);
            return $"{{{Indices}, {IndexExtent}, {IndexPitch}, {IndexShift}, {Base}, {Outer}, {OuterStride}, {Count}, {Inner}, {InnerExtent}, {InnerPitch}, "
                + $"{(OuterIndexed ? 1 : 0)}, {(InnerIndexed ? 1 : 0)}, {Extents.Length}, {{{extents}}}, {{{strides}}}}}";
        }
    }

    /// <summary>The places of <paramref name="g"/> in padded rows; null if its axes are not those of the data as they are stored.</summary>
    /// <param name="moved">What is gathered, or the updates.</param>
    /// <param name="data">Word address of the data.</param>
    public static IndexedPlaces? Of(GatherGeometry g, int elementSize, ElementType index, Shape dataShape, Shape moved, Shape indexShape, int data, int indices)
    {
        int depth = g.Extents.Length, axis = Enumerable.Range(0, Math.Max(0, dataShape.Rank - depth + 1)).LastOrDefault(Begins, -1);
        if (axis < 0)
            return null;
        int[] strides = Storage.Strides(dataShape, Lanes);
        int outer = axis == 0 ? 0 : strides[axis - 1], shift = index == ElementType.I32 ? 2 : 3, last = dataShape[^1];
        bool rows = axis + depth < dataShape.Rank; // the last axis is not looked up
        var places = new IndexedPlaces(
            indices, Storage.Extent(indexShape), Storage.Pitch(indexShape, Lanes) * index.SizeOf() / Lanes, shift, 0, g.Outer, outer, g.Count, g.Inner,
            rows ? last : 1, rows ? Storage.Pitch(dataShape, Lanes) : 0, g.OuterIndexed, g.InnerIndexed, [.. g.Extents], [.. strides.AsSpan(axis, depth)], 0);
        if (!rows || g.InnerIndexed || Storage.Extent(moved) != last)
            return places;
        return places with
        {
            Base = data,
            OuterStride = Words(outer),
            Inner = 1,
            InnerExtent = 1,
            InnerPitch = 0,
            Strides = [.. places.Strides.Select(Words)],
            Run = Words(strides[axis + depth - 1]),
        };

        int Words(int elements) => elements / Lanes * elementSize;

        bool Begins(int a) => dataShape.Product(0, a) == g.Outer && dataShape.Skip(a).Take(depth).SequenceEqual(g.Extents) && dataShape.Product(a + depth, dataShape.Rank) == g.Inner;
    }
}
