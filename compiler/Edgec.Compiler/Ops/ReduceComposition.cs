using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Any reduction as canonical ones and element-wise operators. Reduced axes stay with extent 1.</summary>
internal static class ReduceComposition
{
    public static string Build(Canonicalizer context, ReduceFunction function, int[] axes)
    {
        string x = context.Input(0);
        switch (function)
        {
            case ReduceFunction.L1:
                return Over(ReduceFunction.Sum, Map(UnaryFunction.Absolute, x));
            case ReduceFunction.L2:
                return Map(UnaryFunction.SquareRoot, Over(ReduceFunction.Sum, Two(BinaryFunction.Multiply, x, x)));
            case ReduceFunction.SumSquare:
                return Over(ReduceFunction.Sum, Two(BinaryFunction.Multiply, x, x));
            case ReduceFunction.LogSum:
                return Map(UnaryFunction.Logarithm, Over(ReduceFunction.Sum, x));
            case ReduceFunction.LogSumExp:
                // The maximum goes out before the exponential and comes back after the logarithm, so that nothing overflows.
                string maximum = Over(ReduceFunction.Maximum, x);
                string sum = Over(ReduceFunction.Sum, Map(UnaryFunction.Exponential, Two(BinaryFunction.Subtract, x, maximum)));
                return Two(BinaryFunction.Add, Map(UnaryFunction.Logarithm, sum), maximum);
            default:
                return Over(function, x);
        }

        string Map(UnaryFunction f, string value) => context.Add(new Unary(f), value);

        string Two(BinaryFunction f, string a, string b) => context.Add(new Binary(f, Activation.None), a, b);

        string Over(ReduceFunction f, string value) => InRuns(context, f, value, axes);
    }

    // Runs of neighbouring axes go one after the other, the last first:
    //   reduce(x, axes 0, 2 and 3)  =>  reduce(reduce(x, axes 2 and 3), axis 0)
    private static string InRuns(Canonicalizer context, ReduceFunction function, string x, int[] axes)
    {
        string reduced = x;
        for (int end = axes.Length; end > 0;)
        {
            int start = end - 1;
            while (start > 0 && axes[start - 1] == axes[start] - 1)
                start--;
            reduced = context.Add(new Reduce(function, [.. axes[start..end]], true), reduced);
            end = start;
        }

        return reduced;
    }
}
