using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Running sums along the axis that input 1 names. Evaluated only; there is no kernel.</summary>
/// <param name="Exclusive">Without the element itself.</param>
/// <param name="Reverse">From the end.</param>
public sealed record CumulativeSum(bool Exclusive, bool Reverse) : Operator
{
    public static readonly OpDef Def = new("cum-sum", "CumSum", a => new CumulativeSum(a.Flag("exclusive"), a.Flag("reverse")));

    public override string Name => "cum-sum";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Exclusive)
                yield return ("exclusive", true);
            if (Reverse)
                yield return ("reverse", true);
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(context.Input(0).Element, context.Shape(0))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        int axis = Extents.Axis(context.Input(1).Integer(0), x.Shape.Rank);
        int length = x.Shape[axis], inner = x.Shape.Product(axis + 1, x.Shape.Rank);
        bool isFloat = x.Element.IsFloat();
        var floats = new double[isFloat ? x.Count : 0];
        var integers = new Int128[isFloat ? 0 : x.Count];
        for (int row = 0; row < (length == 0 ? 0 : x.Count / length); row++)
        {
            double sum = 0;
            Int128 exact = 0;
            for (int i = 0; i < length; i++)
            {
                int at = row / inner * length * inner + (Reverse ? length - 1 - i : i) * inner + row % inner;
                (double before, Int128 exactBefore) = (sum, exact);
                if (isFloat)
                {
                    sum += x.Number(at);
                    floats[at] = Exclusive ? before : sum;
                }
                else
                {
                    exact += x.Wide(at);
                    integers[at] = Exclusive ? exactBefore : exact;
                }
            }
        }

        return [isFloat ? ElementConversion.FromNumbers(x.Element, x.Shape, i => floats[i]) : ElementConversion.FromIntegers(x.Element, x.Shape, i => integers[i])];
    }
}
