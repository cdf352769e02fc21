using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// A choice between the results of two branches, which the importer has laid out beside it: input 0 is the condition, then come the
/// results of one branch for each output, then those of the other. It goes where the condition is known; there is no kernel.
/// </summary>
public sealed record If : Operator
{
    public static readonly OpDef Def = new("if", "If", _ => new If());

    public override string Name => "if";

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        if (Chosen(context.Constant(0), context.Outputs) is { } known)
            return [.. known.Select(context.Input)];
        for (int output = 0; output < context.Outputs; output++)
        {
            (TensorType then, TensorType other) = (context.Input(1 + output), context.Input(1 + context.Outputs + output));
            if (then != other)
                throw OperatorException.Invalid($"One branch gives {then} and the other {other}. Make the condition known with --dim or --shape, or export the model without it.");
        }

        return [.. Enumerable.Range(1, context.Outputs).Select(context.Input)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) =>
        [.. Chosen(context.Input(0), context.Outputs)!.Value.Select(context.Input)];

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        Chosen(context.Constant(0), context.Outputs) is { } known ? [.. known.Select(context.Input)] : null;

    /// <summary>The inputs that a condition chooses, one for each output; null where it is not known.</summary>
    /// <exception cref="OperatorException">It is not one element.</exception>
    public static ImmutableArray<int>? Chosen(Tensor? condition, int outputs) => condition switch
    {
        null => null,
        { Count: 1 } => [.. Enumerable.Range(condition.Integer(0) != 0 ? 1 : 1 + outputs, outputs)],
        _ => throw OperatorException.Invalid($"The condition is {condition} and should be one element."),
    };
}
