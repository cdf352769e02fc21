using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>Constant operands in a canonical graph, whether they are floats or integers that the model states.</summary>
internal static class StatedOperands
{
    /// <summary>The reals of a constant; null if the value changes.</summary>
    public static Tensor? Constant(GraphEditor editor, string value)
    {
        if (editor.ConstantOf(value) is { } constant)
            return constant;
        if (editor.Producer(value) is not { Op: DequantizeLinear dequantize } node || editor.ConstantOf(node.Inputs[0]) is not { } integers)
            return null;
        var context = new InferContext([.. node.Inputs.Select(i => editor.TypeOf(i))], [.. node.Inputs.Select(editor.ConstantOf)], 1);
        return DequantizeLinear.Value(integers, dequantize.Stated(context));
    }

    /// <summary><see cref="PerChannel.Affine"/> along one axis, or along whichever fits.</summary>
    public static (int Input, double[] Factor, double[] Addend)? Affine(GraphEditor editor, Binary binary, IReadOnlyList<string> inputs, Shape y, int? axis = null)
    {
        Tensor? ConstantOf(string value) => Constant(editor, value);
        return axis is { } along
            ? PerChannel.Affine(binary, inputs, ConstantOf, y, along)
            : Enumerable.Range(0, y.Rank).Select(a => PerChannel.Affine(binary, inputs, ConstantOf, y, a)).FirstOrDefault(affine => affine is not null);
    }
}
