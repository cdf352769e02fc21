using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>An einsum equation with every axis of every operand named: <c>bhid,bhjd->bhij</c>.</summary>
/// <param name="Operands">The labels of each operand's axes.</param>
/// <param name="Output">The labels of the result's axes.</param>
/// <param name="Extents">The extent behind each label.</param>
internal sealed record EinsumEquation(string[] Operands, string Output, IReadOnlyDictionary<char, int> Extents)
{
    // Axes under an ellipsis get digits, which no equation contains, counted from the last.
    private const string EllipsisLabels = "9876543210";

    /// <exception cref="OperatorException">The equation does not describe the shapes, or uses what edgec does not do.</exception>
    public static EinsumEquation Parse(string text, IReadOnlyList<Shape> shapes)
    {
        string compact = text.Replace(" ", "", StringComparison.Ordinal);
        string[] sides = compact.Split("->");
        string[] operands = sides[0].Split(',');
        if (sides.Length > 2 || operands.Length != shapes.Count)
            throw Fault(text, $"has {operands.Length} operands, not {shapes.Count}");
        var extents = new Dictionary<char, int>();
        int widest = 0;
        for (int i = 0; i < operands.Length; i++)
        {
            int hidden = shapes[i].Rank - (operands[i].Length - 3);
            operands[i] = Expand(text, operands[i], hidden);
            widest = Math.Max(widest, sides[0].Contains("...", StringComparison.Ordinal) ? hidden : 0);
            if (operands[i].Length != shapes[i].Rank)
                throw Fault(text, $"names {operands[i].Length} axes of {shapes[i]}");
            if (operands[i].Distinct().Count() != operands[i].Length)
                throw OperatorException.Unsupported($"The equation {text} takes a diagonal. Write it with Gather.");
            for (int axis = 0; axis < operands[i].Length; axis++)
                Join(text, extents, operands[i][axis], shapes[i][axis]);
        }

        string output = sides.Length == 2 ? Expand(text, sides[1], Math.Min(widest, EllipsisLabels.Length)) : Implicit(operands);
        if (output.Distinct().Count() != output.Length || output.Any(label => !extents.ContainsKey(label)))
            throw Fault(text, "has an output label twice, or one that no operand has");
        return new(operands, output, extents);
    }

    /// <summary>The shape of a tensor whose axes have these labels.</summary>
    public Shape ShapeOf(IEnumerable<char> labels) => Ops.Extents.Checked([.. labels.Select(label => (long)Extents[label])]);

    private static void Join(string text, Dictionary<char, int> extents, char label, int extent)
    {
        if (!extents.TryGetValue(label, out int known))
            extents[label] = extent;
        else if (known != extent)
            throw known == 1 || extent == 1
                ? OperatorException.Unsupported($"The equation {text} broadcasts an axis of extent 1. Expand it first.")
                : Fault(text, $"gives {label} both {known} and {extent}");
    }

    private static string Expand(string text, string labels, int hidden)
    {
        if (!labels.Contains("...", StringComparison.Ordinal))
            return labels.All(char.IsAsciiLetter) ? labels : throw Fault(text, $"has a part {labels} that is not made of letters");
        if (hidden < 0 || hidden > EllipsisLabels.Length)
            throw Fault(text, $"cannot put {hidden} axes in the place of ...");
        string expanded = labels.Replace("...", EllipsisLabels[^hidden..], StringComparison.Ordinal);
        return expanded.All(char.IsAsciiLetterOrDigit) ? expanded : throw Fault(text, $"has a part {labels} that is not made of letters");
    }

    // Without an arrow: the hidden axes, then the letters that occur once, in alphabetical order.
    private static string Implicit(string[] operands)
    {
        string all = string.Concat(operands);
        return string.Concat(all.Where(char.IsAsciiDigit).Distinct().OrderDescending())
            + string.Concat(all.Where(char.IsAsciiLetter).GroupBy(label => label).Where(group => group.Count() == 1).Select(group => group.Key).Order());
    }

    private static OperatorException Fault(string text, string what) =>
        OperatorException.Invalid($"The equation {text} {what}. Check the model with the ONNX checker.");
}
