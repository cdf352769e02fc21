using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// GELU as ReLU less a table of |x| (Edge-MoE, §4.3): 177 entries 1/32 apart up to 5.5, to 22 fraction bits, with lines between them; ReLU behind
/// the last. The pass <c>approximate-gelu</c> makes it; no model has it.
/// </summary>
/// <param name="Tanh">Of GELU by tanh.</param>
public sealed record DeltaGelu(bool Tanh) : Operator
{
    public const int PerUnit = 32;

    private const int FractionBits = 22;
    private const double Last = 5.5;

    public static IReadOnlyList<OpDef> Defs { get; } =
        [new("delta-gelu", null, _ => new DeltaGelu(false)), new("delta-gelu-tanh", null, _ => new DeltaGelu(true))];

    public override string Name => Tanh ? "delta-gelu-tanh" : "delta-gelu";

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool HasWideForm => true;

    /// <summary>The differences from ReLU.</summary>
    public ImmutableArray<double> Entries =>
        [.. Enumerable.Range(0, (int)(Last * PerUnit) + 1).Select(i => Math.ScaleB(Math.Round(Math.ScaleB(i / (double)PerUnit - Exact(i / (double)PerUnit), FractionBits), MidpointRounding.ToEven), -FractionBits))];

    /// <summary>
    /// The greatest distance from GELU over all positive and negative multiples of 2^-<paramref name="bits"/>, and where. The difference is even, so half of
    /// them are looked at; behind the last entry it only falls.
    /// </summary>
    public (double Error, double At) Worst(int bits)
    {
        ImmutableArray<double> entries = Entries;
        (double Error, double At) worst = (0, 0);
        for (long i = 0; i <= (long)Math.ScaleB(Last, bits); i++)
        {
            double x = Math.ScaleB(i, -bits), error = Math.Abs(Approximate(entries, x) - Exact(x));
            if (error > worst.Error)
                worst = (error, x);
        }

        return worst;
    }

    public override ImmutableArray<TensorType> Infer(InferContext context) => [context.Input(0) with { Quantization = null }];

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        return [KernelRunner.Run(Kernel(x.Count), [x.ToF32()], ElementType.F32, x.Shape).ConvertTo(x.Element)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        int count = context.StoredCount(context.Output.Shape);
        if (!context.IsQuantized)
            return context.Kernel(Kernel(count), 0);
        if (context.Output.Element == ElementType.I16)
        {
            return InterpolatedTable.ReluDelta(context.Quantization(0).Scale, context.Output, Exact) is { } step
                ? context.Kernel(LookupTable.Map(count, step), 0)
                : throw Scaling.OutOfReach(context.Quantization(0).Scale / context.Output.Quantization!.Scale);
        }

        ImmutableArray<double> entries = Entries;
        return LookupTable.Approximated(context, x => Approximate(entries, x), Exact);
    }

    private MapKernel Kernel(int count) =>
        LookupTable.Map(count, new FloatDeltaStep(Tensor.Of<float>([Entries.Length], [.. Entries.Select(entry => (float)entry)]), PerUnit));

    private static double Approximate(ImmutableArray<double> entries, double x)
    {
        double position = Math.Abs(x) * PerUnit, relu = Math.Max(x, 0);
        if (position >= entries.Length - 1)
            return relu;
        int at = (int)position;
        return relu - (entries[at] + (position - at) * (entries[at + 1] - entries[at]));
    }

    private double Exact(double x) => FloatFunctions.Apply(Tanh ? UnaryFunction.GeluTanh : UnaryFunction.Gelu, x, 0, 0);
}
