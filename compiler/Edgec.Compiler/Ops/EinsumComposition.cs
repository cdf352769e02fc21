using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Einsums of two operands as one matrix product [batch, left, inner] · [batch, right, inner]ᵀ, or element-wise where nothing is summed.</summary>
internal sealed class EinsumComposition(Canonicalizer context, EinsumEquation equation)
{
    /// <summary>Adds the product of two values, summed over the labels nobody needs later.</summary>
    /// <param name="later">Labels of the operands still to come and of the output.</param>
    /// <returns>The value and the labels of its axes.</returns>
    public (string Value, string Labels) Multiply(string a, string labelsA, string b, string labelsB, string later)
    {
        (a, labelsA) = SumOut(a, labelsA, labelsB + later);
        (b, labelsB) = SumOut(b, labelsB, labelsA + later);
        string both = Where(labelsA, labelsB.Contains);
        string batch = Where(both, later.Contains), inner = Where(both, label => !later.Contains(label));
        string left = Where(labelsA, label => !both.Contains(label)), right = Where(labelsB, label => !both.Contains(label));
        string labels = batch + left + right;
        if (inner.Length == 0) // nothing is summed: element-wise, with axes of extent 1 where only one operand has them
        {
            string first = Reshaped(Arrange(a, labelsA, batch + left), [.. equation.ShapeOf(batch + left), .. Enumerable.Repeat(1, right.Length)]);
            string second = Reshaped(
                Arrange(b, labelsB, batch + right), [.. equation.ShapeOf(batch), .. Enumerable.Repeat(1, left.Length), .. equation.ShapeOf(right)]);
            return (context.Add(new Binary(BinaryFunction.Multiply, Activation.None), first, second), labels);
        }

        string x = Merge(Arrange(a, labelsA, batch + left + inner), batch, left, inner);
        string y = Merge(Arrange(b, labelsB, batch + right + inner), batch, right, inner);
        string product = context.Add(new MatMul(TransposeB: true, Activation.None), x, y);
        return (Reshaped(product, equation.ShapeOf(labels)), labels);
    }

    /// <summary>Sums over the labels that are not among those needed.</summary>
    public (string Value, string Labels) SumOut(string value, string labels, string needed)
    {
        int[] axes = [.. Enumerable.Range(0, labels.Length).Where(axis => !needed.Contains(labels[axis]))];
        return axes.Length == 0
            ? (value, labels)
            : (context.Add(new Reduce(ReduceFunction.Sum, [.. axes], false), value), Where(labels, needed.Contains));
    }

    /// <summary>The axes in the wanted order.</summary>
    public string Arrange(string value, string labels, string wanted) => labels == wanted
        ? value
        : context.Add(new Transpose([.. wanted.Select(label => labels.IndexOf(label, StringComparison.Ordinal))]), value);

    private string Merge(string value, string batch, string rows, string inner) => Reshaped(
        value, [.. equation.ShapeOf(batch), equation.ShapeOf(rows).Product(0, rows.Length), equation.ShapeOf(inner).Product(0, inner.Length)]);

    private string Reshaped(string value, Shape shape) =>
        context.TypeOf(value).Shape == shape ? value : context.Add(new Reshape([.. shape]), value);

    private static string Where(string labels, Func<char, bool> keep) => string.Concat(labels.Where(keep));
}
