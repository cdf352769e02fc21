using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Element-wise evaluation over any element type, with broadcasting.</summary>
internal static class Elementwise
{
    /// <summary>An integer tensor of the same type, value by value.</summary>
    public static Tensor MapIntegers(Tensor x, Func<Int128, Int128> function)
    {
        var values = new Int128[x.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = function(x.Wide(i));
        return ElementConversion.FromIntegers(x.Element, x.Shape, values);
    }

    /// <summary>An integer or bool tensor from two integer or bool tensors.</summary>
    public static Tensor MapIntegers(Tensor a, Tensor b, ElementType element, Func<Int128, Int128, Int128> function) =>
        ElementConversion.FromIntegers(element, Extents.Broadcast(a.Shape, b.Shape), Pairs(a, b, (i, j) => function(a.Wide(i), b.Wide(j))));

    /// <summary>A bool tensor from the numbers of one tensor.</summary>
    public static Tensor Test(Tensor x, Func<double, bool> predicate)
    {
        var values = new bool[x.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = predicate(x.Number(i));
        return Tensor.Of(x.Shape, values);
    }

    /// <summary>What <paramref name="function"/> makes of the positions that meet under broadcasting, in the output's order.</summary>
    public static T[] Pairs<T>(Tensor a, Tensor b, Func<int, int, T> function)
    {
        Shape shape = Extents.Broadcast(a.Shape, b.Shape);
        var geometry = BroadcastGeometry.Of(shape, a.Shape, b.Shape);
        var left = new BroadcastCursor(geometry, 0);
        var right = new BroadcastCursor(geometry, 1);
        var values = new T[shape.ElementCount];
        for (int i = 0; i < values.Length; i++)
            values[i] = function(left.Next(), right.Next());
        return values;
    }
}
