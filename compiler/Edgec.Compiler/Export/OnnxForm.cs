using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Export;

/// <summary>The ONNX operators that an operator of a canonical graph is written as.</summary>
/// <param name="Opset">The first operator set that has them.</param>
internal sealed record OnnxForm(int Opset, Action<NodeWriter> Write)
{
    /// <summary>The lowest operator set written: the first whose QuantizeLinear has an axis.</summary>
    public const int LowestOpset = 13;

    /// <summary>The form of a node; null if it has none.</summary>
    public static OnnxForm? Of(Graph graph, Node node) => node.Op switch
    {
        Conv { ChannelsLast: false } op => Plain(w => w.Clamp(w.Add("Conv", w.Inputs, [.. Window(op.Window), ("group", op.Groups)]), op.Activation)),
        MatMul op => Plain(w => Product(w, op)),
        ExpertMatMul op => ExpertForm.Of(op),
        MaxPool { ChannelsLast: false } op when node.Outputs.Length == 1 => Plain(w => w.Add("MaxPool", w.Inputs, [.. Window(op.Window), .. Ceil(op.Window)])),
        AveragePool { ChannelsLast: false } op => new(op.Window.Dilations.Any(d => d != 1) ? 19 : LowestOpset, w => w.Add("AveragePool", w.Inputs, [.. AverageWindow(op), .. Ceil(op.Window)])),
        Binary { Axis: null } op => Of(graph, node, op),
        Unary op => Of(op),
        Reduce { KeepDims: true } op when node.Inputs.Length == 1 => Plain(w => Reduction(w, op)),
        ArgExtremum op => Plain(w => w.Add(op.Maximum ? "ArgMax" : "ArgMin", w.Inputs, ("axis", op.Axis), ("keepdims", op.KeepDims), ("select_last_index", op.Last))),
        RankedIndices op => Plain(w => w.Add("Identity", [w.AddSecond("TopK", [w.Inputs[0], w.Integers("k", [op.Count])], ("axis", op.Axis), ("largest", op.Largest))])),
        Compare { Axis: null } op => new(op.Function is CompareFunction.LessOrEqual or CompareFunction.GreaterOrEqual ? 16 : LowestOpset, w => w.Add(op.Function.ToString(), w.Inputs)),
        Softmax { Flatten: false } op => Plain(w => w.Add(op.Logarithm ? "LogSoftmax" : "Softmax", w.Inputs, ("axis", op.Axis))),
        LayerNormalization op when node.Outputs.Length == 1 => new(17, w => w.Add("LayerNormalization", w.Inputs, ("axis", op.Axis), ("epsilon", op.Epsilon))),
        RmsNormalization op => new(23, w => w.Add("RMSNormalization", w.Inputs, ("axis", op.Axis), ("epsilon", op.Epsilon))),
        GroupNormalization { ChannelsLast: false, Groups: 0 } op => Plain(w => w.Add("InstanceNormalization", w.Inputs, ("epsilon", op.Epsilon))),
        GroupNormalization { ChannelsLast: false } op => new(21, w => w.Add("GroupNormalization", w.Inputs, ("num_groups", op.Groups), ("epsilon", op.Epsilon))),
        Interpolate op => Plain(w => Interpolation(w, op)),
        Identity => Plain(w => w.Add("Identity", w.Inputs)),
        _ => MoveForm.Of(node),
    };

    /// <summary>A form that every operator set written has.</summary>
    public static OnnxForm Plain(Action<NodeWriter> write) => new(LowestOpset, write);

    private static OnnxForm? Of(Graph graph, Node node, Binary op)
    {
        string onnx = op.Function switch
        {
            BinaryFunction.Add => "Add",
            BinaryFunction.Subtract => "Sub",
            BinaryFunction.Multiply => "Mul",
            BinaryFunction.Divide => "Div",
            BinaryFunction.Power => "Pow",
            BinaryFunction.Maximum => "Max",
            BinaryFunction.Minimum => "Min",
            BinaryFunction.Prelu => "PRelu",
            _ => throw new InvalidOperationException(op.Function.ToString()),
        };
        // The slope broadcasts, the operand does not.
        if (op.Function == BinaryFunction.Prelu && graph.TypeOf(node.Inputs[0]).Shape != graph.TypeOf(node.Output).Shape)
            return null;
        return Plain(w => w.Clamp(w.Add(onnx, w.Inputs), op.Activation));
    }

    private static OnnxForm Of(Unary op)
    {
        switch (op.Function)
        {
            case UnaryFunction.Clip when new Activation(op.Alpha, op.Beta) == Activation.Relu:
                return Plain(w => w.Add("Relu", w.Inputs));
            case UnaryFunction.Clip:
                return Plain(w => w.Clip(w.Inputs[0], op.Alpha, op.Beta));
            case UnaryFunction.Gelu:
                return new(20, w => w.Add("Gelu", w.Inputs));
            case UnaryFunction.GeluTanh:
                return new(20, w => w.Add("Gelu", w.Inputs, ("approximate", "tanh")));
            case UnaryFunction.Power:
                return Plain(w => w.Add("Pow", [w.Inputs[0], w.Constant("exponent", Tensor.Scalar(op.Alpha))]));
            case UnaryFunction.Swish:
                return Plain(w => Swish(w, op.Alpha));
            case UnaryFunction.HardSwish:
                return new(14, w => w.Add("HardSwish", w.Inputs));
            case UnaryFunction.Mish:
                return new(18, w => w.Add("Mish", w.Inputs));
            default:
                UnarySpelling spelling = UnarySpelling.Of(op.Function);
                return Plain(w => w.Add(spelling.Onnx!, w.Inputs, spelling.Attributes(op)));
        }
    }

    // x · sigmoid(alpha · x): Swish itself is as young as operator set 24.
    private static void Swish(NodeWriter w, float alpha)
    {
        string x = w.Inputs[0];
        string scaled = alpha == 1 ? x : w.Add("Mul", [x, w.Constant("alpha", Tensor.Scalar(alpha))]);
        w.Add("Mul", [x, w.Add("Sigmoid", [scaled])]);
    }

    // A bias makes it a Gemm, which is of matrices only; a product of more axes is one of more rows.
    private static void Product(NodeWriter w, MatMul op)
    {
        Shape a = w.ShapeOf(0), b = w.ShapeOf(1);
        bool biased = w.Inputs.Length > 2 && w.Inputs[2].Length > 0;
        string y;
        if (b.Rank == 2 && (biased || (a.Rank == 2 && op.TransposeB)))
        {
            string rows = a.Rank == 2 ? w.Inputs[0] : w.Add("Reshape", [w.Inputs[0], w.Integers("rows", [(int)a.Product(0, a.Rank - 1), a[^1]])]);
            y = w.Add("Gemm", [rows, .. w.Inputs[1..]], op.TransposeB ? [("transB", 1)] : []);
            if (a.Rank != 2)
                y = w.Add("Reshape", [y, w.Integers("shape", w.Output)]);
        }
        else
        {
            string right = op.TransposeB ? w.Add("Transpose", [w.Inputs[1]], ("perm", (EquatableArray<int>)[.. Enumerable.Range(0, b.Rank - 2), b.Rank - 1, b.Rank - 2])) : w.Inputs[1];
            y = w.Add("MatMul", [w.Inputs[0], right]);
            if (biased)
                y = w.Add("Add", [y, w.Inputs[2]]);
        }

        w.Clamp(y, op.Activation);
    }

    // The matrix times every line of the axis, as [out, in] · [outer, in, inner].
    private static void Interpolation(NodeWriter w, Interpolate op)
    {
        Shape x = w.ShapeOf(0);
        int axis = Extents.Axis(op.Axis, x.Rank), rows = w.Output[axis];
        string lines = w.Add("Reshape", [w.Inputs[0], w.Integers("lines", [(int)x.Product(0, axis), x[axis], (int)x.Product(axis + 1, x.Rank)])]);
        string matrix = w.ShapeOf(1).Rank == 2 ? w.Inputs[1] : w.Add("Reshape", [w.Inputs[1], w.Integers("matrix", [rows, x[axis]])]);
        w.Add("Reshape", [w.Add("MatMul", [matrix, lines]), w.Integers("shape", w.Output)]);
    }

    // Axes are an attribute up to operator set 17, of ReduceSum up to 12.
    private static void Reduction(NodeWriter w, Reduce op)
    {
        string onnx = op.Function switch
        {
            ReduceFunction.L1 => "ReduceL1",
            ReduceFunction.L2 => "ReduceL2",
            ReduceFunction.LogSum => "ReduceLogSum",
            ReduceFunction.LogSumExp => "ReduceLogSumExp",
            ReduceFunction.Maximum => "ReduceMax",
            ReduceFunction.Mean => "ReduceMean",
            ReduceFunction.Minimum => "ReduceMin",
            ReduceFunction.Product => "ReduceProd",
            ReduceFunction.Sum => "ReduceSum",
            ReduceFunction.SumSquare => "ReduceSumSquare",
            _ => throw new InvalidOperationException(op.Function.ToString()),
        };
        if (w.Opset >= 18 || op.Function == ReduceFunction.Sum)
            w.Add(onnx, [w.Inputs[0], w.Integers("axes", op.Axes)], ("keepdims", true));
        else
            w.Add(onnx, w.Inputs, ("axes", op.Axes), ("keepdims", true));
    }

    private static IEnumerable<(string, AttributeValue)> Window(WindowAttributes window) => window.Attributes.Where(attribute => attribute.Name is not "ceil_mode");

    private static IEnumerable<(string, AttributeValue)> Ceil(WindowAttributes window) => window.CeilMode ? [("ceil_mode", true)] : [];

    private static IEnumerable<(string, AttributeValue)> AverageWindow(AveragePool op) =>
        op.CountPadding ? [.. Window(op.Window), ("count_include_pad", true)] : Window(op.Window);
}
