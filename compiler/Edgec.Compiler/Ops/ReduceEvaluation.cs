using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>The values of reductions over the rows of a matrix.</summary>
internal static class ReduceEvaluation
{
    /// <summary>The tensor as [kept, reduced]: each row holds what one result is made of.</summary>
    public static Tensor Gather(Tensor x, int[] axes)
    {
        int[] others = [.. Enumerable.Range(0, x.Shape.Rank).Except(axes)];
        Tensor last = others.Concat(axes).SequenceEqual(Enumerable.Range(0, x.Shape.Rank)) ? x : x.Transpose([.. others, .. axes]);
        int length = axes.Aggregate(1, (product, axis) => product * x.Shape[axis]);
        int kept = others.Aggregate(1, (product, axis) => product * x.Shape[axis]);
        return last.Reshape([kept, length]);
    }

    /// <summary>f32[kept].</summary>
    public static Tensor Floats(ReduceFunction function, Tensor rows)
    {
        int length = rows.Shape[1];
        Shape kept = [rows.Shape[0]];
        ReduceMode? mode = function switch
        {
            ReduceFunction.Mean => ReduceMode.Mean,
            ReduceFunction.Sum => ReduceMode.Sum,
            ReduceFunction.Maximum => ReduceMode.Maximum,
            ReduceFunction.Minimum => ReduceMode.Minimum,
            _ => null,
        };
        if (mode is { } elementary)
        {
            var kernel = new ReduceKernel(elementary, new RowGeometry(rows.Shape[0], length, 1), FloatFinish.Identity);
            return KernelRunner.Run(kernel, [rows.ToF32()], ElementType.F32, kept);
        }

        Tensor result = Tensor.Zeros(ElementType.F32, kept), x = rows.ToF32();
        for (int i = 0; i < result.Count; i++)
            result.Span<float>()[i] = (float)Composite(function, x.Span<float>().Slice(i * length, length));
        return result;
    }

    /// <summary>Integers [kept], of the rows' type.</summary>
    public static Tensor Integers(ReduceFunction function, Tensor rows)
    {
        int length = rows.Shape[1];
        var values = new Int128[rows.Shape[0]];
        for (int i = 0; i < values.Length; i++)
        {
            IEnumerable<Int128> row = Enumerable.Range(i * length, length).Select(rows.Wide);
            values[i] = function switch
            {
                ReduceFunction.Sum => row.Aggregate(Int128.Zero, (a, b) => a + b),
                ReduceFunction.Mean when length > 0 => row.Aggregate(Int128.Zero, (a, b) => a + b) / length,
                ReduceFunction.Product => row.Aggregate(Int128.One, (a, b) => (long)unchecked(a * b)),
                ReduceFunction.Maximum when length > 0 => row.Max(),
                ReduceFunction.Minimum when length > 0 => row.Min(),
                ReduceFunction.L1 => row.Aggregate(Int128.Zero, (a, b) => a + Int128.Abs(b)),
                ReduceFunction.SumSquare => row.Aggregate(Int128.Zero, (a, b) => a + b * b),
                _ => throw OperatorException.Unsupported($"{function} of {length} integers is not supported. Cast them to float."),
            };
        }

        return ElementConversion.FromIntegers(rows.Element, [rows.Shape[0]], i => values[i]);
    }

    private static double Composite(ReduceFunction function, ReadOnlySpan<float> row)
    {
        double result = function == ReduceFunction.Product ? 1 : 0, maximum = double.NegativeInfinity;
        foreach (float x in row)
            maximum = Math.Max(maximum, x);
        double shift = double.IsFinite(maximum) ? maximum : 0;
        foreach (float x in row)
        {
            result = function switch
            {
                ReduceFunction.Product => result * x,
                ReduceFunction.L1 => result + Math.Abs(x),
                ReduceFunction.L2 or ReduceFunction.SumSquare => result + (double)x * x,
                ReduceFunction.LogSumExp => result + Math.Exp(x - shift),
                _ => result + x,
            };
        }

        return function switch
        {
            ReduceFunction.L2 => Math.Sqrt(result),
            ReduceFunction.LogSum => Math.Log(result),
            ReduceFunction.LogSumExp => Math.Log(result) + shift,
            _ => result,
        };
    }
}
