using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// The data with elements replaced by updates (input 2), or combined with them, where indices (input 1) say. Of two updates at one place the
/// later stays. Combining has no kernel.
/// </summary>
/// <param name="Reduction">none, add, mul, max or min.</param>
public abstract record ScatterOperator(string Reduction) : Operator
{
    public override QuantizationRule Quantization => Reduction == "none"
        ? QuantizationRule.SharedWithTables
        : QuantizationRule.FloatOnly("what is combined at one place is known at run time only");

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        if (Reduction is not ("none" or "add" or "mul" or "max" or "min"))
            throw OperatorException.Invalid($"reduction {Reduction} is not one of none, add, mul, max, min.");
        TensorType x = context.Input(0);
        Shape wanted = UpdatesShape(x.Shape, context.Shape(1));
        TensorIndex.RequireInRange(context, 1, Indexed(x.Shape, context.Shape(1)));
        return context.Shape(2) == wanted && context.Input(2).Element == x.Element
            ? [x]
            : throw OperatorException.Invalid($"{Name} needs updates {x.Element.Text()}{wanted}, not {context.Input(2)}.");
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), updates = context.Input(2);
        int[] targets = [.. Targets(x.Shape, context.Input(1))];
        if (Reduction == "none")
        {
            int size = x.Element.SizeOf();
            Tensor y = Tensor.FromBytes(x.Element, x.Shape, x.Bytes.ToArray());
            for (int i = 0; i < targets.Length; i++)
                updates.Bytes.Slice(i * size, size).CopyTo(y.WritableBytes[(targets[i] * size)..]);
            return [y];
        }

        if (x.Element.IsFloat())
        {
            double[] values = [.. Enumerable.Range(0, x.Count).Select(x.Number)];
            for (int i = 0; i < targets.Length; i++)
                values[targets[i]] = Combine(values[targets[i]], updates.Number(i));
            return [ElementConversion.FromNumbers(x.Element, x.Shape, i => values[i])];
        }

        Int128[] integers = [.. Enumerable.Range(0, x.Count).Select(x.Wide)];
        for (int i = 0; i < targets.Length; i++)
            integers[targets[i]] = Combine(integers[targets[i]], updates.Wide(i));
        return [ElementConversion.FromIntegers(x.Element, x.Shape, i => integers[i])];
    }

    public override Lowered Lower(LoweringContext context) => Reduction == "none"
        ? IndexedLowering.Scatter(context, Name, Geometry(context.Shape(0), context.Shape(1)))
        : base.Lower(context);

    /// <summary>The extents that indices name.</summary>
    private protected abstract int[] Indexed(Shape data, Shape indices);

    private protected abstract GatherGeometry Geometry(Shape data, Shape indices);

    /// <summary>The shape updates must have.</summary>
    private protected abstract Shape UpdatesShape(Shape data, Shape indices);

    /// <summary>For each element of the updates in order, the element of the data it goes to.</summary>
    private protected abstract IEnumerable<int> Targets(Shape data, Tensor indices);

    private double Combine(double old, double update) => Reduction switch
    {
        "add" => old + update,
        "mul" => old * update,
        "max" => Math.Max(old, update),
        _ => Math.Min(old, update),
    };

    // Products of 64-bit values fit; longer chains wrap as the element type does.
    private Int128 Combine(Int128 old, Int128 update) => unchecked(Reduction switch
    {
        "add" => old + update,
        "mul" => old * update,
        "max" => Int128.Max(old, update),
        _ => Int128.Min(old, update),
    });
}
