using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Element-wise evaluation over any element type, with broadcasting.</summary>
internal static class Elementwise
{
    /// <summary>An integer tensor of the same type, value by value.</summary>
    public static Tensor MapIntegers(Tensor x, Func<Int128, Int128> function) =>
        ElementConversion.FromIntegers(x.Element, x.Shape, i => function(x.Wide(i)));

    /// <summary>An integer or bool tensor from two integer or bool tensors.</summary>
    public static Tensor MapIntegers(Tensor a, Tensor b, ElementType element, Func<Int128, Int128, Int128> function)
    {
        (Shape shape, Func<(int A, int B)> next) = Walk(a, b);
        return ElementConversion.FromIntegers(element, shape, _ =>
        {
            (int i, int j) = next();
            return function(a.Wide(i), b.Wide(j));
        });
    }

    /// <summary>A bool tensor from the numbers of one tensor.</summary>
    public static Tensor Test(Tensor x, Func<double, bool> predicate) =>
        ElementConversion.FromIntegers(ElementType.Bool, x.Shape, i => predicate(x.Number(i)) ? 1 : 0);

    /// <summary>What <paramref name="function"/> makes of the positions that meet under broadcasting, in the output's order.</summary>
    public static T[] Pairs<T>(Tensor a, Tensor b, Func<int, int, T> function)
    {
        (Shape shape, Func<(int A, int B)> next) = Walk(a, b);
        var values = new T[shape.ElementCount];
        for (int i = 0; i < values.Length; i++)
        {
            (int left, int right) = next();
            values[i] = function(left, right);
        }

        return values;
    }

    private static (Shape Shape, Func<(int A, int B)> Next) Walk(Tensor a, Tensor b)
    {
        Shape shape = Extents.Broadcast(a.Shape, b.Shape);
        var geometry = BroadcastGeometry.Of(shape, a.Shape, b.Shape);
        var left = new BroadcastCursor(geometry, 0);
        var right = new BroadcastCursor(geometry, 1);
        return (shape, () => (left.Next(), right.Next()));
    }
}
