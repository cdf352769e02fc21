using System.Numerics;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Plan.Hls;

/// <summary>Selection at run time as commands: indices of the best, and elements from or to places that indices name.</summary>
public static class SelectionLowering
{
    /// <summary>Most indices of a row: each has a register and a comparison of its own.</summary>
    public const int MostSelected = 1024;

    /// <summary>Words on chip into which elements are scattered.</summary>
    public const int MostScattered = 4096;

    private const int Lanes = EngineConfiguration.Lanes;

    /// <returns>Null if rows cut across storage.</returns>
    public static SelectCommand? Select(int layer, SelectKernel k, Shape source, Shape result, int sourceAddress, int target)
    {
        int extent = Storage.Extent(source), outExtent = Storage.Extent(result);
        (int outer, int length, int inner) = (k.Geometry.Outer, k.Geometry.Length, k.Geometry.Inner);
        if ((inner == 1 ? length : inner) % extent != 0 || (inner > 1 && outExtent != extent))
            return null;
        var read = WordNest.Contiguous(sourceAddress, checked((int)(Storage.Count(source, Lanes) / Lanes)));
        if (inner == 1)
            return new(read, WordNest.Rows(result, sizeof(long), target), outer, length, extent, k.Count, k.Greatest, outExtent) { Layer = layer };
        int across = inner / extent * (Storage.Pitch(source, Lanes) / Lanes), words = across * sizeof(long);
        var written = new WordNest(target, outer, k.Count * words, across, sizeof(long), k.Count, words, sizeof(long));
        return new(read, written, outer, length, extent, k.Count, k.Greatest, outExtent) { Layer = layer, Across = across };
    }

    /// <param name="addresses">Word addresses of data and indices.</param>
    /// <returns>Null if the axes are not those of storage.</returns>
    public static GatherCommand? Gather(int layer, GatherKernel k, Shape[] operands, Shape result, int[] addresses, int target)
    {
        if (IndexedPlaces.Of(k.Geometry, k.ElementSize, k.Index, operands[0], result, operands[1], addresses[0], addresses[1]) is not { } places)
            return null;
        WordNest nest = places.Run > 0 ? WordNest.Contiguous(target, checked(places.Moved * places.Run)) : WordNest.Rows(result, k.ElementSize, target);
        return new(places, addresses[0], BitOperations.Log2((uint)k.ElementSize), Storage.Extent(result), nest) { Layer = layer };
    }

    /// <param name="addresses">Word addresses of data, indices and updates.</param>
    /// <returns>Null if the axes are not those of storage, or elements go into more than the chip holds at once.</returns>
    public static ScatterCommand? Scatter(int layer, ScatterKernel k, Shape[] operands, int[] addresses, int target)
    {
        Shape data = operands[0], updates = operands[2];
        if (IndexedPlaces.Of(k.Geometry, k.ElementSize, k.Index, data, updates, operands[1], target, addresses[1]) is not { } places)
            return null;
        int words = checked((int)(Storage.Count(data, Lanes) / Lanes * k.ElementSize)), slice = words / places.Outer;
        if (places.Run == 0 && slice > MostScattered)
            return null;
        return new(
            places, addresses[0], addresses[2], target, words, Storage.Extent(updates), Storage.Pitch(updates, Lanes) / Lanes * k.ElementSize, BitOperations.Log2((uint)k.ElementSize),
            places.Run > 0 ? 0 : Math.Min(places.Outer, MostScattered / slice), slice)
        { Layer = layer };
    }
}
