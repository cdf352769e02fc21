using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>Which layouts of each value of the old graph exist in the new one, and how the others are made.</summary>
internal sealed class Layouts
{
    private readonly GraphEditor editor;
    private readonly HashSet<string> first; // old values that exist as they were, or under a name they were renamed to
    private readonly Dictionary<string, string> last = [];

    public Layouts(GraphEditor editor)
    {
        this.editor = editor;
        first = [.. editor.Old.Inputs, .. editor.Old.Constants.Keys];
    }

    /// <summary>[N, C, H, W] to [N, H, W, C], or [N, C, L] to [N, L, C].</summary>
    public static EquatableArray<int> ToLast(int rank) => rank == 4 ? [0, 2, 3, 1] : [0, 2, 1];

    /// <summary>[N, H, W, C] to [N, C, H, W], or [N, L, C] to [N, C, L].</summary>
    public static EquatableArray<int> ToFirst(int rank) => rank == 4 ? [0, 3, 1, 2] : [0, 2, 1];

    /// <summary>The type of a twin; scales along the channels move with them.</summary>
    public static TensorType TypeLast(TensorType type) => new(
        type.Element,
        type.Shape.Permute(ToLast(type.Shape.Rank).AsSpan()),
        type.Quantization is { Axis: >= 0 } q ? q with { Axis = ToFirst(type.Shape.Rank)[q.Axis] } : type.Quantization);

    public bool HasLast(string value) => last.ContainsKey(value);

    public void SetLast(string value, string twin) => last[value] = twin;

    /// <summary>Makes another value of the new graph the original layout.</summary>
    public void SetFirst(string value, string replacement)
    {
        first.Add(value);
        editor.Rename(value, replacement);
    }

    /// <summary>True for a reshape that only splits or joins the axes behind the channels, as [N,C,H,W] to [N,C,H·W].</summary>
    public bool IsRegrouping(Node node)
    {
        if (node is not { Op: Reshape, Inputs: [var x] })
            return false;
        Shape from = editor.Old.TypeOf(x).Shape, to = editor.Old.TypeOf(node.Output).Shape;
        return from.Rank is 3 or 4 && to.Rank is 3 or 4 && from[0] == to[0] && from[1] == to[1];
    }

    /// <summary>Keeps a node on the original layouts.</summary>
    public void Keep(Node node)
    {
        foreach (string input in node.Inputs.Where(input => input.Length > 0))
            First(input);
        editor.Keep(node);
        first.UnionWith(node.Outputs);
    }

    /// <summary>The value in the model's layout.</summary>
    public string First(string value)
    {
        if (first.Add(value))
        {
            TensorType type = editor.TypeOf(value);
            editor.Rename(value, Move(value, last[value], ToFirst(type.Shape.Rank), type, OriginOf(value)));
        }

        return editor.Current(value);
    }

    /// <summary>The channels-last twin of a value of rank 3 or 4.</summary>
    public string Last(string value, Origin origin)
    {
        if (last.TryGetValue(value, out string? twin))
            return twin;
        TensorType type = TypeLast(editor.TypeOf(value));
        if (editor.ConstantOf(value) is { } constant)
            return last[value] = editor.AddConstant(value, constant.Transpose(ToLast(type.Shape.Rank).AsSpan()), type.Quantization);
        // Regrouped behind the transpose rather than before it, where it may meet one that cancels it.
        if (editor.Old.Producer(value) is { } node && IsRegrouping(node))
            return last[value] = editor.Add(value, new Reshape([.. type.Shape]), [Last(node.Inputs[0], origin)], node.Origin, type);
        return last[value] = Move(value, First(value), ToLast(type.Shape.Rank), type, origin);
    }

    /// <summary>A value of lower rank that broadcasts against images: [C,1,1] becomes [1,1,1,C].</summary>
    public string LastBroadcast(string value, int rank, Origin origin)
    {
        TensorType type = editor.TypeOf(value);
        if (type.Shape.ElementCount == 1)
            return First(value);
        Shape lifted = [.. Enumerable.Repeat(1, rank - type.Shape.Rank), .. type.Shape];
        TensorType target = TypeLast(type with { Shape = lifted });
        if (editor.ConstantOf(value) is { } constant)
            return editor.AddConstant(value, constant.Reshape(lifted).Transpose(ToLast(rank).AsSpan()), target.Quantization);
        string image = editor.Add(value, new Reshape([.. lifted]), [First(value)], origin, type with { Shape = lifted });
        return Move(value, image, ToLast(rank), target, origin);
    }

    /// <summary>Gives twins the names of values whose original layout nobody asked for.</summary>
    public void NameTwins()
    {
        foreach ((string value, string twin) in last)
        {
            if (!first.Contains(value))
                editor.Rename(value, twin);
        }
    }

    private string Move(string value, string source, EquatableArray<int> permutation, TensorType type, Origin origin)
    {
        Shape shape = editor.TypeOf(source).Shape;
        bool stays = permutation.Where(axis => shape[axis] != 1).ToArray() is var moved && moved.Order().SequenceEqual(moved);
        Operator move = stays ? new Reshape([.. type.Shape]) : new Transpose(permutation);
        return editor.Add(value, move, [source], origin, type);
    }

    private Origin OriginOf(string value) => editor.Old.Producer(value)?.Origin ?? Origin.None;
}
