using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Questions about each element, answered with bool: Not, IsNaN, IsInf. Canonical, Not is a comparison with false; the others have no kernel.</summary>
/// <param name="Negative">IsInf: -∞ counts.</param>
/// <param name="Positive">IsInf: ∞ counts.</param>
public sealed record Predicate(PredicateFunction Function, bool Negative = true, bool Positive = true) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("is-inf", "IsInf", a => new Predicate(PredicateFunction.IsInfinite, a.Flag("detect_negative", true), a.Flag("detect_positive", true))),
        new("is-nan", "IsNaN", _ => new Predicate(PredicateFunction.IsNotNumber)),
        new("not", "Not", _ => new Predicate(PredicateFunction.Not)),
    ];

    public override string Name => Function switch
    {
        PredicateFunction.IsInfinite => "is-inf",
        PredicateFunction.IsNotNumber => "is-nan",
        _ => "not",
    };

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (!Negative)
                yield return ("detect_negative", false);
            if (!Positive)
                yield return ("detect_positive", false);
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(ElementType.Bool, context.Shape(0))];

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) => Function == PredicateFunction.Not && context.Type(0).Element == ElementType.Bool
        ? [context.Add(new Compare(CompareFunction.Equal), context.Input(0), context.AddConstant("false", Tensor.Scalar(false)))]
        : null;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [Elementwise.Test(context.Input(0), Function switch
    {
        PredicateFunction.IsInfinite => x => (Negative && double.IsNegativeInfinity(x)) || (Positive && double.IsPositiveInfinity(x)),
        PredicateFunction.IsNotNumber => double.IsNaN,
        _ => x => x == 0,
    })];
}
