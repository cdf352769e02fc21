using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>A value the model states in place; canonical, a constant of the graph.</summary>
public sealed record Constant(Tensor Value) : Operator
{
    public static readonly OpDef Def = new("constant", "Constant", Read);

    public override string Name => "constant";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => [("value", new TensorValue(Value))];

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(Value.Element, Value.Shape)];

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) => [context.AddConstant("value", Value)];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [Value];

    private static Constant Read(AttributeReader a)
    {
        if (a.Has("value"))
            return new(a.Tensor("value")!);
        if (a.Has("value_float"))
            return new(Tensor.Scalar(a.Float("value_float", 0)));
        if (a.Has("value_int"))
            return new(Tensor.Scalar(a.Int64("value_int", 0)));
        if (a.Has("value_floats"))
            return new(Tensor.Of([a.Floats("value_floats").Count], a.Floats("value_floats").AsSpan()));
        if (a.Has("value_ints"))
            return new(Tensor.Of([a.Int64s("value_ints").Count], a.Int64s("value_ints").AsSpan()));
        throw OperatorException.Unsupported("Constant has no value that edgec reads (value, value_float, value_floats, value_int, value_ints). Export it as a dense tensor.");
    }
}
