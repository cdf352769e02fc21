using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;

namespace Edgec.Tests.Emit;

/// <summary>Products with the weights of experts: few rows and many, experts without any, indices out of range, both orders. Seeded: the same on every run.</summary>
internal static class ExpertCases
{
    public static IEnumerable<KernelCase> All(ElementType element)
    {
        var random = new Random(11);
        (ExpertGeometry Geometry, bool Bias)[] shapes =
        [
            (new(1, 1, 1, 5, 3, false, true), true),
            (new(9, 2, 5, 16, 24, false, true), true),
            (new(9, 2, 5, 16, 24, true, false), false),
            (new(70, 2, 3, 33, 17, true, true), true),
            (new(70, 3, 2, 20, 9, false, true), false),
            (new(6, 2, 40, 7, 10, false, true), true),
            (new(5, 1, 4, 600, 31, false, false), true),
        ];
        foreach ((ExpertGeometry g, bool bias) in shapes)
        {
            ElementType index = g.Experts % 2 == 0 ? ElementType.I32 : ElementType.I64;
            Tensor weights = element == ElementType.F32 ? RandomTensor.F32(random, g.Experts * g.Columns, g.Inner) : RandomTensor.I8(random, g.Experts * g.Columns, g.Inner);
            int channels = g.Experts * g.Columns;
            var kernel = new ExpertMatmulKernel(
                g, weights, bias ? Bias(random, element, channels) : null, Finish(random, element, channels, 0.002), index, element == ElementType.I8 ? random.Next(-128, 128) : 0);
            yield return Case("plain", kernel, element, random);
            if (element == ElementType.F32 || g.Columns * g.Inner % 2 != 0)
                continue;
            kernel = kernel with { Weights = Tensor.PackI4(weights.Shape, [.. weights.Span<sbyte>().ToArray().Select(w => (sbyte)(w >> 4))]) };
            yield return Case("packed", kernel, element, random);
            if (element == ElementType.I8)
            {
                int size = Math.Min(g.Inner, 6), groups = (g.Inner + size - 1) / size;
                byte[] multipliers = [.. Enumerable.Range(0, channels * groups).Select(_ => (byte)random.Next(1, 256))];
                yield return Case(
                    "grouped", kernel with { Groups = new(size, Tensor.Of([channels, groups], multipliers)), Finish = Finish(random, element, channels, 0.0001) }, element, random);
            }
        }
    }

    private static KernelCase Case(string label, ExpertMatmulKernel kernel, ElementType element, Random random)
    {
        ExpertGeometry g = kernel.Geometry;
        Shape x = g.RowPerChoice ? [g.Rows, g.Choices, g.Inner] : [g.Rows, g.Inner];
        Tensor indices = Indices(random, kernel.Index, g);
        return new(
            $"experts {label} {g.Rows}x{g.Choices} of {g.Experts}", kernel, new TensorType(element, [g.Rows, g.Choices, g.Columns]),
            [new TensorType(element, x), new TensorType(kernel.Index, indices.Shape)])
        {
            Constants = new Dictionary<int, Tensor> { [1] = indices },
        };
    }

    // Most from the lower half, so that others stay empty; some below and above the range.
    private static Tensor Indices(Random random, ElementType element, ExpertGeometry g)
    {
        int[] values = [.. Enumerable.Range(0, g.ResultRows).Select(i => i % 7 == 3 ? random.Next(-2 * g.Experts, 2 * g.Experts) : random.Next((g.Experts + 1) / 2))];
        return element == ElementType.I32 ? Tensor.Of([g.Rows, g.Choices], values) : Tensor.Of([g.Rows, g.Choices], [.. values.Select(v => (long)v)]);
    }

    private static Tensor Bias(Random random, ElementType element, int count) =>
        element == ElementType.F32 ? RandomTensor.F32(random, count) : RandomTensor.I32(random, element == ElementType.I16 ? 1_000_000 : 5000, count);

    private static Finish Finish(Random random, ElementType element, int count, double scale) => element switch
    {
        ElementType.I8 => RequantizeModel.RandomFinish(random, count, scale, -127, 126),
        ElementType.I16 => RequantizeModel.RandomFinish(random, count, scale, -32700, 32600, bits: 24),
        _ => new FloatFinish(-30, float.PositiveInfinity),
    };
}
