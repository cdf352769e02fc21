using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>A mixture of experts, however it was exported: for each row of x the sum of the chosen experts' results, each times its score.</summary>
/// <param name="X">R·D elements, row by row; or R·k·D, a row for each choice.</param>
/// <param name="Indices">The experts chosen for each row, R·k elements.</param>
/// <param name="Choices">k.</param>
/// <param name="Scores">Makes the scores of the chosen, R·k elements, in the new graph.</param>
/// <param name="Layers">Of the experts, from x on.</param>
/// <param name="Origin">Of what weighs and sums the results.</param>
internal sealed record Mixture(
    string X, string Indices, int Choices, int Experts, Func<GraphEditor, string> Scores, ImmutableArray<ExpertLayer> Layers, Origin Origin) : Finding
{
    /// <summary>
    /// Adds it in the one form that is computed expert by expert, and returns the sums, [.., 1, width].
    /// <code>
    ///   %h = expert-matmul(%x, #w1, #b1, %indices)     [.., k, H]
    ///   %y = expert-matmul(gelu(%h), #w2, #b2, %indices)          or of a product of two such layers
    ///   %o = matmul(%scores, %y)                        [.., 1, k] · [.., k, width]
    /// </code>
    /// </summary>
    public string Emit(GraphEditor editor, string name, ConstantPool constants)
    {
        string indices = Choosing(editor, name);
        Shape chosen = editor.TypeOf(indices).Shape, rows = [.. chosen.SkipLast(1)];
        int inner = Layers[0].Weights.Shape[1];
        Shape input = editor.TypeOf(X).Shape.ElementCount == rows.ElementCount * inner ? [.. rows, inner] : [.. chosen, inner];
        string value = Shaped(editor, X, input, $"{name}_rows");
        foreach (ExpertLayer layer in Layers)
        {
            string result = Product(layer, value);
            if (layer.Factor is { } factor)
            {
                TensorType type = editor.TypeOf(result);
                result = editor.Add(factor.Name, new Binary(BinaryFunction.Multiply, Activation.None), [result, Product(factor.Layer, value)], factor.Origin, type);
                result = Functions(factor.Functions, result);
            }

            value = result;
        }

        string scores = Shaped(editor, Scores(editor), [.. rows, 1, Choices], $"{name}_scores");
        Shape sums = [.. rows, 1, editor.TypeOf(value).Shape[^1]];
        return editor.Add($"{name}_sum", new MatMul(false, Activation.None), [scores, value], Origin, TensorType.F32(sums));

        string Product(ExpertLayer layer, string rows)
        {
            ImmutableArray<string> inputs =
            [
                rows, constants.Add($"{layer.Name}_experts", layer.Weights), layer.Bias is { } bias ? constants.Add($"{layer.Name}_bias", bias) : "", indices,
            ];
            TensorType type = TensorType.F32([.. chosen, layer.Weights.Shape[0] / Experts]);
            return Functions(layer.Functions, editor.Add(layer.Name, new ExpertMatMul(Experts, Activation.None), inputs, layer.Origin, type));
        }

        string Functions(ImmutableArray<ExpertFunction> functions, string x)
        {
            foreach (ExpertFunction function in functions)
                x = editor.Add(function.Name, function.Op, [x], function.Origin, editor.TypeOf(x));
            return x;
        }
    }

    // The indices with k of them along the last axis.
    private string Choosing(GraphEditor editor, string name)
    {
        TensorType type = editor.TypeOf(Indices);
        if (type.Shape.Rank > 1 && type.Shape[^1] == Choices)
            return Indices;
        Shape shape = [(int)(type.Shape.ElementCount / Choices), Choices];
        return editor.Add($"{name}_chosen", Reshape.To(shape), [Indices], Origin, type with { Shape = shape });
    }

    private string Shaped(GraphEditor editor, string value, Shape shape, string name)
    {
        TensorType type = editor.TypeOf(value);
        return type.Shape == shape ? value : editor.Add(name, Reshape.To(shape), [value], Origin, type with { Shape = shape });
    }
}
