using System.Text;

namespace Edgec.Emit.C;

/// <summary>Loop nests with literal bounds, and the index expressions that go with them.</summary>
internal static class CLoops
{
    /// <summary>The loops <c>for (int i0 = 0; i0 &lt; extent; i0++)</c> … around one statement.</summary>
    /// <param name="outer">The bound of the outermost loop where it is not its extent.</param>
    public static string Nest(ReadOnlySpan<int> extents, string statement, string? outer = null)
    {
        var text = new StringBuilder();
        int depth = extents.Length;
        for (int axis = 0; axis < depth; axis++)
        {
            string i = Variable(axis, depth);
            text.Append(' ', 4 * axis).Append($"for (int {i} = 0; {i} < {(axis == 0 ? outer : null) ?? $"{extents[axis]}"}; {i}++)");
            text.Append(axis == depth - 1 ? "\n" : " {\n");
        }

        string indented = statement.Replace("\n", "\n" + new string(' ', 4 * depth), StringComparison.Ordinal);
        text.Append(' ', 4 * depth).Append(indented);
        for (int axis = depth - 2; axis >= 0; axis--)
            text.Append('\n').Append(' ', 4 * axis).Append('}');
        return text.ToString();
    }

    /// <summary>The element a nest of <paramref name="depth"/> loops is at: <c>3 + i0 * 16 + i1</c>.</summary>
    public static string Index(ReadOnlySpan<int> strides, int depth, int offset = 0)
    {
        var text = new StringBuilder();
        if (offset != 0)
            text.Append(offset);
        for (int axis = 0; axis < strides.Length; axis++)
        {
            int stride = strides[axis];
            if (stride == 0)
                continue;
            if (text.Length > 0)
                text.Append(stride < 0 ? " - " : " + ");
            else if (stride < 0)
                text.Append('-');
            text.Append(Variable(axis, depth));
            if (Math.Abs(stride) != 1)
                text.Append($" * {Math.Abs(stride)}");
        }

        return text.Length == 0 ? "0" : text.ToString();
    }

    private static string Variable(int axis, int depth) => depth == 1 ? "i" : $"i{axis}";
}
