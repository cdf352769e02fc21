using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Kernels;

namespace Edgec.Tests.Emit;

/// <summary>Convolutions and products with a branch, and those at the edges of blocks of pixels, of outputs and of panels.</summary>
internal static class BranchedCases
{
    public static IEnumerable<KernelCase> All()
    {
        var random = new Random(11);
        (string Label, WindowGeometry Geometry, int Rank)[] cases =
        [
            ("pointwise", new(1, 5, 3, 16, 5, 3, 7, 1, 1, 1, 1, 1, 1, 0, 0, 1), 3),
            ("padded", new(2, 6, 7, 5, 6, 7, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1), 1),
            ("strided", new(1, 11, 10, 3, 6, 5, 9, 3, 3, 2, 2, 1, 1, 1, 1, 1), 8),
            ("dilated", new(1, 9, 9, 6, 5, 5, 4, 3, 3, 1, 1, 2, 2, 0, 0, 1), 33),
            ("rows", new(1, 13, 1, 37, 13, 1, 6, 1, 1, 1, 1, 1, 1, 0, 0, 1), 2),
            ("one_row", new(1, 1, 1, 100, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1), 4),
            ("many_elements", new(1, 2, 3, 2500, 1, 2, 5, 2, 2, 1, 1, 1, 1, 0, 0, 1), 2),
            ("padding_beyond", new(1, 2, 2, 3, 6, 6, 5, 2, 2, 1, 1, 1, 1, 3, 3, 1), 2),
        ];
        RoundingProfile[] profiles = [RoundingProfile.Single, RoundingProfile.Onnx, RoundingProfile.Truncate, RoundingProfile.Tflite];
        foreach (ElementType element in (ElementType[])[ElementType.I8, ElementType.I16])
        {
            for (int i = 0; i < cases.Length; i++)
            {
                (string label, WindowGeometry g, int rank) = cases[i];
                BranchedKernel kernel = Random(random, element, g, rank, profiles[i % 4]);
                yield return Case($"{label} {element}", kernel);
                sbyte[] narrow = [.. kernel.Weights.Span<sbyte>().ToArray().Select(w => (sbyte)(w >> 4))];
                yield return Case($"{label} {element} i4", kernel with { Weights = Tensor.PackI4(kernel.Weights.Shape, narrow) });
            }
        }
    }

    /// <summary>A kernel whose two sums matter about as much.</summary>
    public static BranchedKernel Random(Random random, ElementType element, WindowGeometry g, int rank, RoundingProfile profile = RoundingProfile.Single)
    {
        bool wide = element == ElementType.I16;
        int inner = g.KernelHeight * g.KernelWidth * g.Channels;
        double step = (wide ? 1 : 0.01) / Math.Sqrt(inner) / 100, second = (wide ? 1 : 1.0 / 256) / Math.Sqrt(rank) / 100;
        double[] ratios = [.. Enumerable.Range(0, g.OutChannels).Select(_ => step * (0.5 + random.NextDouble()))];
        double[] branch = [.. Enumerable.Range(0, g.OutChannels).Select(_ => second * (0.5 + random.NextDouble()))];
        JoinedFinish finish = FixedPoint.Joined(ratios, branch, wide ? 0 : random.Next(-20, 20), wide ? -32700 : -127, wide ? 32600 : 126, profile)!;
        return new(
            element, g, RandomTensor.I8(random, g.OutChannels, g.KernelHeight, g.KernelWidth, g.Channels), RandomTensor.I32(random, wide ? 1_000_000 : 5000, g.OutChannels),
            wide ? 0 : random.Next(-128, 128), RandomTensor.I8(random, g.OutChannels, rank), finish);
    }

    private static KernelCase Case(string label, BranchedKernel kernel)
    {
        WindowGeometry g = kernel.Geometry;
        return new(
            "branched " + label, kernel, new TensorType(kernel.Element, [g.Batch, g.OutHeight, g.OutWidth, g.OutChannels]),
            [new(kernel.Element, [g.Batch, g.Height, g.Width, g.Channels]), new(ElementType.I16, [g.Batch, g.OutHeight, g.OutWidth, kernel.Rank])]);
    }
}
