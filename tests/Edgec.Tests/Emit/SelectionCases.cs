using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Tests.Emit;

/// <summary>Kernels that compare, choose, and move by indices, those out of range among them. Seeded: the same on every run.</summary>
internal static class SelectionCases
{
    public static IEnumerable<KernelCase> All() => [.. Ranks(), .. Moves(), .. Maps()];

    private static IEnumerable<KernelCase> Ranks()
    {
        foreach (ElementType element in (ElementType[])[ElementType.I8, ElementType.I16, ElementType.F32])
        {
            // 700 bytes have 256 values: most are equal to others.
            foreach ((RowGeometry g, int count) in new[] { (new RowGeometry(3, 700, 1), 100), (new RowGeometry(2, 9, 5), 9), (new RowGeometry(2, 4, 3), 1), (new RowGeometry(1, 3, 2), 0) })
            {
                foreach (bool greatest in (bool[])[true, false])
                {
                    yield return new(
                        $"select {element} {greatest} {count}", new SelectKernel(g, count, greatest, element), new TensorType(ElementType.I64, [g.Outer, count, g.Inner]),
                        [new TensorType(element, [g.Outer, g.Length, g.Inner])]);
                }
            }
        }
    }

    private static IEnumerable<KernelCase> Moves()
    {
        var random = new Random(8);
        (string Label, GatherGeometry Geometry)[] places =
        [
            ("axis", new(3, 7, 5, [6], OuterIndexed: false, InnerIndexed: false)),
            ("elements", new(3, 4, 5, [6], OuterIndexed: true, InnerIndexed: true)),
            ("scalars", new(1, 20, 1, [9], OuterIndexed: true, InnerIndexed: true)),
            ("tuples", new(2, 9, 3, [4, 3, 5], OuterIndexed: true, InnerIndexed: false)),
            ("one", new(1, 1, 8, [1], OuterIndexed: false, InnerIndexed: false)),
        ];
        foreach ((string label, GatherGeometry g) in places)
        {
            Shape data = [g.Outer, g.Plane, g.Inner], picked = [g.Outer, g.Count, g.Inner];
            int tuples = (g.OuterIndexed ? g.Outer : 1) * g.Count * (g.InnerIndexed ? g.Inner : 1);
            foreach ((ElementType element, ElementType index) in new[] { (ElementType.I8, ElementType.I64), (ElementType.I16, ElementType.I32), (ElementType.F32, ElementType.I64), (ElementType.I64, ElementType.I32) })
            {
                Tensor indices = Indices(random, index, tuples, g.Extents);
                yield return new($"gather {label} {element}", new GatherKernel(g, element.SizeOf(), index), new TensorType(element, picked), [new TensorType(element, data), new TensorType(index, indices.Shape)])
                {
                    Constants = new Dictionary<int, Tensor> { [1] = indices },
                };
                yield return new(
                    $"scatter {label} {element}", new ScatterKernel(g, element.SizeOf(), index), new TensorType(element, data),
                    [new TensorType(element, data), new TensorType(index, indices.Shape), new TensorType(element, picked)])
                {
                    Constants = new Dictionary<int, Tensor> { [1] = indices },
                };
            }

            // Whatever bits arrive as indices, nothing outside is touched.
            yield return new(
                $"gather any {label}", new GatherKernel(g, 1, ElementType.I64), new TensorType(ElementType.I8, picked),
                [new TensorType(ElementType.I8, data), new TensorType(ElementType.I64, [tuples * g.Extents.Length])]);
        }
    }

    private static IEnumerable<KernelCase> Maps()
    {
        (Shape Result, Shape A, Shape B)[] broadcasts = [([2, 5, 6, 7], [2, 5, 6, 7], [7]), ([3, 4, 5], [3, 1, 5], [4, 1]), ([1], [1], [1])];
        foreach (CompareFunction function in Enum.GetValues<CompareFunction>())
        {
            foreach ((Shape result, Shape a, Shape b) in broadcasts)
            {
                var geometry = BroadcastGeometry.Of(result, a, b);
                yield return Compared("bytes", new CompareStep(function, 0, 1, 0, 1), ElementType.I8, ElementType.I8);
                yield return Compared("scaled", new CompareStep(function, -7, 8_388_609, 100, 11_000_001), ElementType.I8, ElementType.I8);
                yield return Compared("mixed", new CompareStep(function, -128, (1L << 41) - 1, 0, 9_999_999), ElementType.I8, ElementType.I16);
                yield return Compared("integers", new CompareStep(function, 0, 1, 0, 1), ElementType.I64, ElementType.I64);
                yield return Compared("words", new CompareStep(function, 0, 1, 0, 1), ElementType.I32, ElementType.I32);
                yield return Compared("truths", new CompareStep(function, 0, 1, 0, 1), ElementType.Bool, ElementType.Bool);
                yield return Compared("floats", new FloatCompareStep(function), ElementType.F32, ElementType.F32);

                KernelCase Compared(string label, MapStep step, ElementType left, ElementType right) => new(
                    $"{function} {label} {result.Rank}", new MapKernel(step, geometry), new TensorType(ElementType.Bool, result), [new TensorType(left, a), new TensorType(right, b)]);
            }
        }

        foreach (ElementType element in (ElementType[])[ElementType.I8, ElementType.I16, ElementType.F32, ElementType.I64, ElementType.Bool])
        {
            foreach ((Shape result, Shape a, Shape b) in broadcasts)
            {
                yield return new(
                    $"choose {element} {result.Rank}", new MapKernel(new ChooseStep(), BroadcastGeometry.Of(result, b, a, result)), new TensorType(element, result),
                    [new TensorType(ElementType.Bool, b), new TensorType(element, a), new TensorType(element, result)])
                {
                    Constants = new Dictionary<int, Tensor> { [0] = Truths(b) },
                };
            }
        }
    }

    private static Tensor Truths(Shape shape) => Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.ElementCount).Select(i => i % 3 == 1)]);

    // From twice the extent below to twice above.
    private static Tensor Indices(Random random, ElementType element, int tuples, int[] extents)
    {
        long[] values = [.. Enumerable.Range(0, tuples * extents.Length).Select(i => (long)random.Next(-2 * extents[i % extents.Length], 2 * extents[i % extents.Length]))];
        return element == ElementType.I64 ? Tensor.Of([values.Length], values) : Tensor.Of([values.Length], [.. values.Select(value => (int)value)]);
    }
}
