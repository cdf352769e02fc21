using Edgec.Import.Proto;
using Edgec.Ops;
using Edgec.Runtime;
using static Edgec.Import.Proto.AttributeProto.Types;

namespace Edgec.Export;

/// <summary>
/// Products with the weights of chosen experts as calls of a function, which the model holds in operators that every runtime has. edgec reads
/// the call; others compute the function, which gathers weights [columns, inner] of each row's experts:
/// <code>
///   y = Squeeze(MatMul(Gather(Reshape(w, [E, -1, D]), i), Reshape(x, [.., 1 or k, D, 1]))) + Gather(Reshape(b, [E, -1]), i)
/// </code>
/// </summary>
internal static class ExpertForm
{
    /// <summary>The first operator set whose models may hold functions.</summary>
    private const int Opset = 15;

    public static OnnxForm Of(ExpertMatMul op) => new(Opset, w =>
    {
        w.Function(Function(w.Opset));
        string bias = w.Inputs[2].Length > 0 ? w.Inputs[2] : w.Constant("bias", Tensor.Zeros(ElementType.F32, [w.ShapeOf(1)[0]]));
        string y = w.Add(ExpertMatMul.OnnxName, ExpertMatMul.OnnxDomain, [w.Inputs[0], w.Inputs[1], bias, w.Inputs[ExpertMatMul.Indices]], ("experts", op.Experts));
        w.Clamp(y, op.Activation);
    });

    private static FunctionProto Function(int opset)
    {
        var function = new FunctionProto
        {
            Name = ExpertMatMul.OnnxName,
            Domain = ExpertMatMul.OnnxDomain,
            DocString = "y[.., t, j, :] = x[.., t(, j), :] · w[i[.., t, j]] + b[i[.., t, j]], the columns of all experts one after the other in w [experts · columns, inner].",
            Input = { "x", "w", "b", "i" },
            Output = { "y" },
            Attribute = { "experts" },
        };
        function.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        Node("Constant", "", "number", new AttributeProto { Name = "value_int", RefAttrName = "experts", Type = AttributeType.Int });
        foreach ((string name, long value) in new[] { ("zero", 0L), ("one", 1L), ("rest", -1L) })
            Node("Constant", "", name, new AttributeProto { Name = "value_ints", Type = AttributeType.Ints, Ints = { value } });
        Node("Reshape", "number one", "experts");
        Node("Shape", "w", "matrix");
        Node("Gather", "matrix one", "inner");
        Node("Concat", "experts rest inner", "matrices", Axis());
        Node("Reshape", "w matrices", "each");
        Node("Gather", "each i", "weights");
        Node("Shape", "i", "choices");
        Node("Slice", "choices zero rest", "rows");
        Node("Concat", "rows rest inner one", "columns", Axis());
        Node("Reshape", "x columns", "values");
        Node("MatMul", "weights values", "column");
        Node("Squeeze", "column rest", "product");
        Node("Concat", "experts rest", "vectors", Axis());
        Node("Reshape", "b vectors", "biases");
        Node("Gather", "biases i", "bias");
        Node("Add", "product bias", "y");
        return function;

        void Node(string op, string inputs, string output, params ReadOnlySpan<AttributeProto> attributes)
        {
            var node = new NodeProto { OpType = op, Name = output, Output = { output } };
            node.Input.AddRange(inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            foreach (AttributeProto attribute in attributes)
                node.Attribute.Add(attribute);
            function.Node.Add(node);
        }

        static AttributeProto Axis() => new() { Name = "axis", Type = AttributeType.Int, I = 0 };
    }
}
