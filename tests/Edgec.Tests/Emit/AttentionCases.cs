using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Edgec.Tests.Ops;

namespace Edgec.Tests.Emit;

/// <summary>Attention of all layouts, and at the edges of its blocks of queries, of keys and of the values' width.</summary>
internal static class AttentionCases
{
    public static IEnumerable<KernelCase> All()
    {
        var random = new Random(9);
        (Shape Q, Shape K, Shape V, bool ByRow, Shape? Bias, int Repeat)[] cases =
        [
            ([2, 3, 9, 16], [2, 3, 7, 16], [2, 3, 7, 20], true, null, 1),
            ([1, 17, 5], [1, 5, 33], [1, 33, 65], false, null, 1),
            ([3, 8, 6], [1, 6, 10], [1, 10, 4], false, null, 1),
            ([2, 1, 3], [1, 1, 3], [1, 1, 2], true, null, 1),
            ([1, 2, 4], [1, 4, 1025], [1, 1025, 3], false, null, 1),
            ([2, 3, 9, 16], [2, 3, 70, 16], [2, 3, 70, 20], true, [3, 9, 70], 1),
            ([4, 2, 9, 7], [4, 2, 7, 66], [4, 2, 66, 5], false, [2, 1, 66], 2),
            ([3, 8, 6], [1, 6, 10], [1, 10, 4], false, [3, 8, 10], 1),
            ([2, 1, 3], [1, 1, 3], [1, 1, 2], true, [1, 1, 1], 1),

            // Two blocks of queries and two of keys.
            ([1, 70, 200], [1, 200, 171], [1, 171, 20], false, null, 1),
            ([2, 70, 200], [1, 171, 200], [1, 171, 5], true, [2, 70, 171], 1),
        ];
        foreach ((Shape q, Shape k, Shape v, bool byRow, Shape? bias, int repeat) in cases)
        {
            // Scores reach both ends of their range, as do the results.
            var op = new Attention(
                byRow, 0.5f, 0.06f, random.Next(-20, 20), random.Next(2) == 0 ? Activation.None : Activation.Relu, random.Next(2) == 0 ? 1 : -0.5f, repeat);
            (Tensor, Quantization?)[] operands =
            [
                (RandomTensor.I8(random, [.. q]), Quantization.PerTensor(0.02, 5)),
                (RandomTensor.I8(random, [.. k]), Quantization.PerTensor(0.03, -7)),
                (RandomTensor.I8(random, [.. v]), Quantization.PerTensor(0.05, 11)),
                .. bias is null ? Array.Empty<(Tensor, Quantization?)>() : [(RandomTensor.I8(random, [.. bias]), Quantization.PerTensor(0.04, 90))],
            ];
            var node = new QuantizedNode(op, operands, Quantization.PerTensor(0.02, -3));
            yield return new(
                $"attention {k[byRow ? ^2 : ^1]}{(bias is null ? "" : " biased")}", node.Kernel(), ElementType.I8, [.. q.SkipLast(1), v[^1]],
                [q, k, v, .. bias is null ? Array.Empty<Shape>() : [bias]]);
        }
    }
}
