using Edgec.Runtime;

namespace Edgec.Tests.Kernels;

/// <summary>Seeded tensors.</summary>
internal static class RandomTensor
{
    public static Tensor I8(Random random, params int[] extents) =>
        Fill(random, extents, r => (sbyte)r.Next(-128, 128));

    public static Tensor I16(Random random, params int[] extents) =>
        Fill(random, extents, r => (short)r.Next(-32768, 32768));

    public static Tensor I32(Random random, int limit, params int[] extents) =>
        Fill(random, extents, r => r.Next(-limit, limit + 1));

    public static Tensor F32(Random random, params int[] extents) =>
        Fill(random, extents, r => (float)(r.NextDouble() * 4 - 2));

    private static Tensor Fill<T>(Random random, int[] extents, Func<Random, T> next) where T : unmanaged
    {
        Shape shape = Shape.Create(extents);
        var values = new T[shape.ElementCount];
        for (int i = 0; i < values.Length; i++)
            values[i] = next(random);
        return Tensor.Of(shape, values);
    }
}
