using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>A sum of products over named axes; canonical, matrix products between transposes, two operands at a time.</summary>
public sealed record Einsum(string Equation) : Operator
{
    public static readonly OpDef Def = new("einsum", "Einsum", a => a.Has("equation")
        ? new Einsum(a.Text("equation", ""))
        : throw OperatorException.Invalid("Attribute equation is missing. Set it."));

    public override string Name => "einsum";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => [("equation", Equation)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        EinsumEquation equation = Parse(Enumerable.Range(0, context.Count).Select(context.Shape));
        return [new(context.Input(0).Element, equation.ShapeOf(equation.Output))];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        EinsumEquation equation = Parse(Enumerable.Range(0, context.Count).Select(context.Shape));
        var builder = new EinsumComposition(context, equation);
        (string value, string labels) = (context.Input(0), equation.Operands[0]);
        for (int i = 1; i < context.Count; i++)
        {
            string later = string.Concat(equation.Operands[(i + 1)..]) + equation.Output;
            (value, labels) = builder.Multiply(value, labels, context.Input(i), equation.Operands[i], later);
        }

        (value, labels) = builder.SumOut(value, labels, equation.Output);
        return [builder.Arrange(value, labels, equation.Output)];
    }

    /// <remarks>One term for each combination of indices, as the notation says.</remarks>
    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor[] operands = [.. Enumerable.Range(0, context.Count).Select(i => context.Input(i).ToF32())];
        EinsumEquation equation = Parse(operands.Select(o => o.Shape));
        string inner = string.Concat(equation.Extents.Keys.Where(label => !equation.Output.Contains(label)).Order());
        Shape all = equation.ShapeOf(equation.Output + inner);
        var geometry = new BroadcastGeometry(
            all.ToArray(), [.. equation.Operands.Select((labels, i) => Strides(equation.Output + inner, labels, operands[i].Shape))]);
        BroadcastCursor[] cursors = [.. operands.Select((_, i) => new BroadcastCursor(geometry, i))];
        Tensor y = Tensor.Zeros(ElementType.F32, equation.ShapeOf(equation.Output));
        int terms = equation.ShapeOf(inner).Product(0, inner.Length);
        for (int i = 0; i < y.Count; i++)
        {
            double sum = 0;
            for (int k = 0; k < terms; k++)
            {
                double product = 1;
                for (int o = 0; o < operands.Length; o++)
                    product *= operands[o].Span<float>()[cursors[o].Next()];
                sum += product;
            }

            y.Span<float>()[i] = (float)sum;
        }

        return [y.ConvertTo(context.Input(0).Element)];
    }

    private static int[] Strides(string loops, string labels, Shape shape)
    {
        int[] strides = shape.Strides();
        return [.. loops.Select(label => labels.IndexOf(label, StringComparison.Ordinal)).Select(axis => axis < 0 ? 0 : strides[axis])];
    }

    private EinsumEquation Parse(IEnumerable<Shape> shapes) => EinsumEquation.Parse(Equation, [.. shapes]);
}
