using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Kernels;

public sealed class MoveReferenceTests
{
    [Theory]
    [InlineData(ElementType.I8)]
    [InlineData(ElementType.I16)]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.I64)]
    public void Copies_transpose_reverse_and_repeat(ElementType element)
    {
        int size = element.SizeOf();
        var bytes = new byte[6 * size];
        new Random(11).NextBytes(bytes);
        Tensor x = Tensor.FromBytes(element, [2, 3], bytes);
        long fill = 0x0706050403020100;
        var kernel = new MoveKernel(
            size,
            16,
            [
                new(0, [3, 2], [1, 3], [2, 1], 0, 0), // transposed to [3,2]
                new(0, [3], [-1], [1], 5, 6), // the last row backwards
                new(0, [3], [0], [1], 1, 9), // one element three times
                new(0, [], [], [], 4, 12), // no loops: one element
                new(0, [2, 0], [1, 1], [1, 1], 0, 0), // nothing
                new(0, [1], [1], [1], 0, 15),
            ],
            fill);
        Tensor y = KernelRunner.Run(kernel, [x], element, [16]);
        int[] sources = [0, 3, 1, 4, 2, 5, 5, 4, 3, 1, 1, 1, 4, -1, -1, 0];
        for (int i = 0; i < sources.Length; i++)
        {
            byte[] expected = sources[i] < 0 ? BitConverter.GetBytes(fill)[..size] : bytes.AsSpan(sources[i] * size, size).ToArray();
            Assert.Equal(expected, y.Bytes.Slice(i * size, size).ToArray());
        }
    }
}
