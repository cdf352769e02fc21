using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Operators against ONNX Runtime: evaluated, canonical, and through float kernels.</summary>
public sealed class OperatorTests
{
    private const double Tolerance = 2e-5;

    private static readonly Dictionary<string, OperatorCase> Cases = All().ToDictionary(c => c.Name, c => c.Case);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Agrees_with_onnx_runtime(string name) => Cases[name].Check(Tolerance);

    private static IEnumerable<(string Name, OperatorCase Case)> All() =>
        [.. UnaryCases(), .. BinaryCases(), .. LogicCases(), .. MatrixCases(), .. RowCases(), .. ReduceCases(), .. NormCases(), .. ShapeCases()];

    private static IEnumerable<(string, OperatorCase)> UnaryCases()
    {
        Tensor x = F32(2, 3, 5);
        string[] plain =
        [
            "Abs", "Atan", "Asinh", "Ceil", "Cos", "Cosh", "Erf", "Exp", "Floor", "Neg", "Reciprocal", "Relu", "Round", "Sigmoid",
            "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Tan", "Tanh", "Elu", "Celu", "Selu", "LeakyRelu", "HardSigmoid",
            "ThresholdedRelu", "Shrink", "HardSwish", "Identity",
        ];
        foreach (string type in plain)
            yield return (type, Case(type, 17, [], [x]));
        Tensor positive = Map(x, v => Math.Abs(v) + 0.1f), small = Map(x, v => v / 3);
        foreach (string type in new[] { "Log", "Sqrt" })
            yield return (type, Case(type, 17, [], [positive]));
        foreach (string type in new[] { "Acos", "Asin", "Atanh" })
            yield return (type, Case(type, 17, [], [small]));
        yield return ("Acosh", Case("Acosh", 17, [], [Map(positive, v => v + 1)]));
        yield return ("Mish", Case("Mish", 18, [], [x]));
        yield return ("Gelu", Case("Gelu", 20, [], [x]));
        yield return ("Gelu tanh", Case("Gelu", 20, [("approximate", "tanh")], [x]));
        yield return ("contrib Gelu", Case("Gelu", 1, [], [x], Domain: "com.microsoft"));
        yield return ("QuickGelu", Case("QuickGelu", 1, [], [x], Domain: "com.microsoft"));
        yield return ("FastGelu", Case("FastGelu", 1, [], [x, F32(5)], Domain: "com.microsoft"));
        yield return ("FastGelu bare", Case("FastGelu", 1, [], [x], Domain: "com.microsoft"));
        yield return ("BiasGelu", Case("BiasGelu", 1, [], [x, F32(5)], Domain: "com.microsoft"));
        yield return ("LeakyRelu alpha", Case("LeakyRelu", 16, [("alpha", 0.3f)], [x]));
        yield return ("Selu both", Case("Selu", 6, [("alpha", 1.5f), ("gamma", 0.5f)], [x]));
        yield return ("HardSigmoid both", Case("HardSigmoid", 6, [("alpha", 0.3f), ("beta", 0.4f)], [x]));
        yield return ("Shrink both", Case("Shrink", 9, [("lambd", 0.7f), ("bias", 0.2f)], [x]));
        yield return ("Clip attributes", Case("Clip", 6, [("min", -0.5f), ("max", 1f)], [x]));
        yield return ("Clip inputs", Case("Clip", 13, [], [x, Scalar(-0.5f), Scalar(0.7f)]));
        yield return ("Clip upper", Case("Clip", 13, [], [x, null, Scalar(0.7f)]));
        yield return ("Clip nothing", Case("Clip", 13, [], [x]));
        yield return ("Clip changing", Case("Clip", 13, [], [x, Scalar(-0.5f), Scalar(0.7f)], Known: [1]));
        yield return ("Clip integers", Case("Clip", 13, [], [I64([3], 5, -7, 2), Tensor.Scalar(-2L), Tensor.Scalar(3L)], Known: [0, 1, 2]));
        yield return ("Abs integers", Case("Abs", 13, [], [I64([3], 5, -7, 0)], Known: [0]));
        yield return ("Neg integers", Case("Neg", 13, [], [I64([3], 5, -7, 0)], Known: [0]));
        yield return ("Sign integers", Case("Sign", 13, [], [I64([3], 5, -7, 0)], Known: [0]));
    }

    private static IEnumerable<(string, OperatorCase)> BinaryCases()
    {
        Tensor x = F32(2, 3, 4), y = F32(2, 3, 4), row = F32(4), column = F32(3, 1), positive = Map(y, v => Math.Abs(v) + 0.2f);
        foreach (string type in new[] { "Add", "Sub", "Mul", "Max", "Min" })
        {
            yield return (type, Case(type, 14, [], [x, y], Known: []));
            yield return (type + " row", Case(type, 14, [], [x, row]));
            yield return (type + " column", Case(type, 14, [], [x, column]));
            yield return (type + " by scalar", Case(type, 14, [], [x, Scalar(0.3f)]));
            yield return (type + " of scalar", Case(type, 14, [], [Scalar(0.3f), x], Known: [0]));
        }

        yield return ("outer broadcast", Case("Add", 14, [], [F32(3, 1, 2), F32(1, 4, 1)], Known: []));
        yield return ("Div", Case("Div", 14, [], [x, positive], Known: []));
        yield return ("Div by constant", Case("Div", 14, [], [x, positive]));
        yield return ("Div one", Case("Div", 14, [], [Scalar(1f), positive], Known: [0]));
        yield return ("Div constant", Case("Div", 14, [], [Scalar(3f), positive], Known: [0]));
        yield return ("Div integers", Case("Div", 14, [], [I64([4], 7, -7, 9, 0), I64([4], 2, 2, -4, 5)], Known: [0, 1]));
        yield return ("Sub integers", Case("Sub", 14, [], [I64([2], 7, -7), I64([1], 2)], Known: [0, 1]));
        foreach (float exponent in new[] { 0.5f, 1f, 2f, 3f, -1f, 1.7f })
            yield return ($"Pow {exponent}", Case("Pow", 15, [], [positive, Scalar(exponent)]));
        yield return ("Pow", Case("Pow", 15, [], [positive, x], Known: []));
        yield return ("Pow integer exponents", Case("Pow", 15, [], [x, I64([4], 0, 1, 2, 3)]));
        yield return ("Pow integers", Case("Pow", 15, [], [I64([3], 3, -2, 7), I64([3], 4, 3, 0)], Known: [0, 1]));
        yield return ("PRelu", Case("PRelu", 16, [], [x, column]));
        yield return ("PRelu one slope", Case("PRelu", 16, [], [x, F32(1)]));
        foreach (string type in new[] { "Sum", "Max", "Min", "Mean" })
        {
            yield return (type + " of three", Case(type, 13, [], [x, row, column], Known: []));
            yield return (type + " of one", Case(type, 13, [], [x]));
        }

        yield return ("Mod", Case("Mod", 13, [], [I64([4], 7, -7, 7, -7), I64([4], 3, 3, -3, -3)], Known: [0, 1]));
        yield return ("Mod fmod", Case("Mod", 13, [("fmod", true)], [x, positive], Known: [0, 1]));
    }

    private static IEnumerable<(string, OperatorCase)> LogicCases()
    {
        Tensor x = F32(2, 3), y = F32(3), a = Bools([2, 2], true, false, true, false), b = Bools([2], true, false);
        foreach (string type in new[] { "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual" })
        {
            yield return (type, Case(type, 16, [], [x, y]));
            yield return (type + " integers", Case(type, 16, [], [I64([3], 1, 2, 3), Tensor.Scalar(2L)]));
        }

        foreach (string type in new[] { "And", "Or", "Xor" })
            yield return (type, Case(type, 7, [], [a, b], Known: []));
        yield return ("Not", Case("Not", 1, [], [a]));
        Tensor odd = Tensor.Of<float>([4], [1, float.NaN, float.PositiveInfinity, float.NegativeInfinity]);
        yield return ("IsNaN", Case("IsNaN", 13, [], [odd], Known: [0]));
        yield return ("IsInf", Case("IsInf", 10, [], [odd], Known: [0]));
        yield return ("IsInf negative", Case("IsInf", 10, [("detect_positive", false)], [odd], Known: [0]));
        Tensor bits = I64([4], 12, -7, 1, 0), mask = I64([1], 10);
        foreach (string type in new[] { "BitwiseAnd", "BitwiseOr", "BitwiseXor" })
            yield return (type, Case(type, 18, [], [bits, mask], Known: [0, 1]));
        yield return ("BitwiseNot", Case("BitwiseNot", 18, [], [bits], Known: [0]));
        Tensor bytes = Tensor.Of<byte>([3], [129, 7, 255]), by = Tensor.Of<byte>([3], [1, 2, 7]);
        foreach (string direction in new[] { "LEFT", "RIGHT" })
            yield return ("BitShift " + direction, Case("BitShift", 11, [("direction", direction)], [bytes, by], Known: [0, 1]));
        yield return ("Where", Case("Where", 16, [], [b, F32(2, 2), F32(2, 1)], Known: []));
        yield return ("Where integers", Case("Where", 16, [], [Bools([1, 3, 1, 2], true, false, false, true, true, true), I64([4, 1], 5, 6, -7, 1L << 40), I64([1, 1], 3)]));
        yield return ("Where chosen", Case("Where", 16, [], [Bools([1], true), F32(2, 2), Scalar(0f)], Known: [0, 2]));
    }

    private static IEnumerable<(string, OperatorCase)> MatrixCases()
    {
        yield return ("MatMul weights", Case("MatMul", 13, [], [F32(4, 5), F32(5, 3)]));
        yield return ("MatMul batches, weights", Case("MatMul", 13, [], [F32(2, 3, 4, 5), F32(5, 3)]));
        yield return ("MatMul", Case("MatMul", 13, [], [F32(2, 3, 4, 5), F32(2, 3, 5, 6)], Known: []));
        yield return ("MatMul one right", Case("MatMul", 13, [], [F32(2, 3, 4, 5), F32(5, 6)], Known: []));
        yield return ("MatMul one left", Case("MatMul", 13, [], [F32(4, 5), F32(2, 5, 6)], Known: []));
        yield return ("MatMul some repeated", Case("MatMul", 13, [], [F32(2, 1, 4, 5), F32(1, 3, 5, 6)], Known: []));
        yield return ("MatMul left repeated", Case("MatMul", 13, [], [F32(2, 1, 4, 5), F32(2, 3, 5, 6)], Known: []));
        yield return ("MatMul vectors", Case("MatMul", 13, [], [F32(5), F32(5)], Known: []));
        yield return ("MatMul vector left", Case("MatMul", 13, [], [F32(5), F32(2, 5, 3)], Known: []));
        yield return ("MatMul vector right", Case("MatMul", 13, [], [F32(2, 4, 5), F32(5)]));
        yield return ("MatMul weights in one batch", Case("MatMul", 13, [], [F32(2, 4, 5), F32(1, 5, 3)]));
        yield return ("MatMul constant batches", Case("MatMul", 13, [], [F32(2, 4, 5), F32(2, 5, 3)]));
        foreach (string equation in new[] { "bhid,bhjd->bhij", "bhij,bhjd->bhid", "bhid,bhjd->bijh", "bhid,bhjd", "...id,...jd->...ij", "bhij,bhkl->bhijkl" })
        {
            Tensor right = equation == "bhij,bhjd->bhid" ? F32(2, 3, 5, 6) : F32(2, 3, 4, 5);
            yield return ("Einsum " + equation, Case("Einsum", 12, [("equation", equation)], [F32(2, 3, 4, 5), right], Known: []));
        }

        yield return ("Einsum weights", Case("Einsum", 12, [("equation", "bnd,dhe -> bhne")], [F32(2, 4, 6), F32(6, 3, 5)]));
        yield return ("Einsum transposed", Case("Einsum", 12, [("equation", "ij->ji")], [F32(3, 4)]));
        yield return ("Einsum sum", Case("Einsum", 12, [("equation", "ij->")], [F32(3, 4)]));
        yield return ("Einsum of three", Case("Einsum", 12, [("equation", "ij,jk,kl->il")], [F32(3, 4), F32(4, 5), F32(5, 2)], Known: []));
        yield return ("Einsum products", Case("Einsum", 12, [("equation", "bi,bi->bi")], [F32(3, 4), F32(3, 4)], Known: []));
        yield return ("Gemm", Case("Gemm", 13, [], [F32(4, 5), F32(5, 3), F32(3)]));
        yield return ("Gemm all", Case("Gemm", 13, [("alpha", 0.5f), ("beta", 2f), ("transB", true)], [F32(4, 5), F32(3, 5), F32(1, 3)]));
        yield return ("Gemm changing", Case("Gemm", 13, [("alpha", 0.5f), ("beta", 2f), ("transB", true)], [F32(4, 5), F32(3, 5), F32(4, 3)], Known: []));
        yield return ("Gemm column", Case("Gemm", 13, [("beta", 0.3f)], [F32(4, 5), F32(5, 3), F32(4, 1)]));
        yield return ("Gemm scalar", Case("Gemm", 13, [], [F32(4, 5), F32(5, 3), Scalar(0.3f)]));
        yield return ("Gemm transposed left", Case("Gemm", 13, [("transA", true)], [F32(5, 4), F32(5, 3), F32(3)]));
        yield return ("Gemm bare", Case("Gemm", 13, [("alpha", 3f)], [F32(4, 5), F32(5, 3)]));
    }

    private static IEnumerable<(string, OperatorCase)> RowCases()
    {
        Tensor x = F32(2, 3, 4);
        foreach (string type in new[] { "Softmax", "LogSoftmax" })
        {
            foreach (int axis in new[] { -1, 0, 1 })
            {
                yield return ($"{type} {axis}", Case(type, 13, [("axis", axis)], [x]));
                yield return ($"{type} {axis} flattened", Case(type, 11, [("axis", axis)], [x]));
            }

            yield return (type, Case(type, 13, [], [x]));
            yield return (type + " flattened", Case(type, 11, [], [x]));
        }

        foreach (string type in new[] { "ArgMax", "ArgMin" })
        {
            yield return (type, Case(type, 13, [("axis", 1)], [x]));
            yield return (type + " last", Case(type, 13, [("axis", -1), ("keepdims", false), ("select_last_index", true)], [I64([2, 3], 4, 4, 1, 1, 1, 4)], Known: [0]));
        }

        yield return ("TopK", Case("TopK", 11, [("axis", 1)], [x, I64([1], 2)], Outputs: 2));
        yield return ("TopK least", Case("TopK", 11, [("largest", false)], [x, I64([1], 3)], Outputs: 2));
        yield return ("Hardmax", Case("Hardmax", 13, [("axis", 1)], [x], HasKernel: false));
        yield return ("Hardmax flattened", Case("Hardmax", 11, [], [x], HasKernel: false));
        yield return ("CumSum", Case("CumSum", 14, [], [x, Tensor.Scalar(1L)], HasKernel: false));
        yield return ("CumSum reverse", Case("CumSum", 14, [("exclusive", true), ("reverse", true)], [I64([4], 1, 2, 3, 4), Tensor.Scalar(0L)], Known: [0, 1]));
    }

    private static IEnumerable<(string, OperatorCase)> ReduceCases()
    {
        Tensor x = F32(2, 3, 4, 2), positive = Map(x, v => Math.Abs(v) + 0.1f);
        foreach (string type in new[] { "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp" })
        {
            Tensor data = type == "ReduceLogSum" ? positive : x;
            yield return (type, Case(type, 13, [("axes", Ints(2, 3))], [data]));
            yield return (type + " apart", Case(type, 13, [("axes", Ints(0, -1)), ("keepdims", false)], [data]));
            yield return (type + " all", Case(type, 13, [("keepdims", false)], [data]));
            yield return (type + " axes as input", Case(type, 18, [], [data, I64([2], 1, 2)]));
        }

        yield return ("ReduceProd", Case("ReduceProd", 13, [("axes", Ints(1))], [x], HasKernel: false));
        yield return ("ReduceProd integers", Case("ReduceProd", 13, [("keepdims", false)], [I64([3], 2, 3, 4)], Known: [0]));
        yield return ("ReduceSum", Case("ReduceSum", 13, [], [x, I64([1], 1)]));
        yield return ("ReduceSum attribute", Case("ReduceSum", 11, [("axes", Ints(1, 2)), ("keepdims", false)], [x]));
        yield return ("ReduceSum nothing", Case("ReduceSum", 13, [("noop_with_empty_axes", true)], [x, I64([0])]));
        yield return ("ReduceSum unit axis", Case("ReduceSum", 13, [("keepdims", false)], [F32(1, 3, 1), I64([2], 0, 2)]));
        yield return ("ReduceMax integers", Case("ReduceMax", 13, [], [I64([3], 2, 9, 4)], Known: [0]));
        yield return ("GlobalAveragePool", Case("GlobalAveragePool", 1, [], [x]));
        yield return ("GlobalMaxPool", Case("GlobalMaxPool", 1, [], [x]));
    }

    private static IEnumerable<(string, OperatorCase)> NormCases()
    {
        Tensor x = F32(2, 6, 3, 4), c = F32(6), d = F32(6), variance = Map(F32(6), v => Math.Abs(v) + 0.1f);
        yield return ("BatchNormalization", Case("BatchNormalization", 15, [], [x, c, d, F32(6), variance]));
        yield return ("BatchNormalization epsilon", Case("BatchNormalization", 9, [("epsilon", 0.1f)], [F32(3, 6), c, d, F32(6), variance]));
        yield return ("InstanceNormalization", Case("InstanceNormalization", 6, [("epsilon", 0.01f)], [x, c, d]));
        yield return ("GroupNormalization", Case("GroupNormalization", 21, [("num_groups", 3)], [x, c, d]));
        yield return ("LayerNormalization", Case("LayerNormalization", 17, [], [x, F32(4), F32(4)]));
        yield return ("LayerNormalization axis", Case("LayerNormalization", 17, [("axis", 2), ("epsilon", 0.01f)], [x, F32(3, 4)]));
        yield return ("LayerNormalization changing", Case("LayerNormalization", 17, [], [x, F32(4), F32(4)], Known: []));
        yield return ("RMSNormalization", Case("RMSNormalization", 23, [], [x, F32(4)]));
        yield return ("SimplifiedLayerNormalization", Case("SimplifiedLayerNormalization", 1, [("axis", -1), ("epsilon", 0.01f)], [x, F32(4)]));
        yield return ("SkipLayerNormalization", Case("SkipLayerNormalization", 1, [("epsilon", 0.01f)], [F32(2, 3, 4), F32(2, 3, 4), F32(4), F32(4), F32(4)], Domain: "com.microsoft", Known: [2, 3, 4]));
        yield return ("SkipSimplifiedLayerNormalization", Case("SkipSimplifiedLayerNormalization", 1, [("epsilon", 0.01f)], [F32(2, 3, 4), F32(2, 3, 4), F32(4)], Domain: "com.microsoft", Known: [2]));
        yield return ("LpNormalization", Case("LpNormalization", 1, [("axis", 1)], [x]));
        yield return ("LpNormalization 1", Case("LpNormalization", 1, [("p", 1)], [x]));
        yield return ("LRN", Case("LRN", 13, [("size", 3), ("alpha", 0.3f)], [x]));
        yield return ("LRN all", Case("LRN", 13, [("size", 5), ("beta", 0.5f), ("bias", 2f)], [x]));
        yield return ("MeanVarianceNormalization", Case("MeanVarianceNormalization", 13, [], [x]));
    }

    private static IEnumerable<(string, OperatorCase)> ShapeCases()
    {
        Tensor x = F32(2, 3, 4);
        yield return ("Cast to integers", Case("Cast", 13, [("to", 7)], [x], Known: [0]));
        yield return ("Cast from integers", Case("Cast", 13, [("to", 1)], [I64([2], 3, -4)], Known: [0]));
        yield return ("Cast to bool", Case("Cast", 13, [("to", 9)], [I64([2], 3, 0)], Known: [0]));
        yield return ("Cast from bool", Case("Cast", 13, [("to", 1)], [Bools([4], true, false, false, true)]));
        yield return ("Cast from bool to integers", Case("Cast", 13, [("to", 7)], [Bools([4], true, false, false, true)]));
        yield return ("Cast floats to bool", Case("Cast", 13, [("to", 9)], [Tensor.Of<float>([4], [0, -0.5f, -0f, 2])]));
        yield return ("Cast to itself", Case("Cast", 13, [("to", 1)], [x]));
        yield return ("CastLike", Case("CastLike", 15, [], [I64([2], 3, -4), x], Known: [0, 1]));
        yield return ("Constant", Case("Constant", 13, [("value", new TensorValue(x))], []));
        yield return ("Constant floats", Case("Constant", 13, [("value_floats", new FloatsValue([1, 2.5f]))], []));
        yield return ("Constant integer", Case("Constant", 13, [("value_int", 1L << 40)], []));
        yield return ("Constant integers", Case("Constant", 13, [("value_ints", new IntegersValue([1L << 40, -3]))], []));
        yield return ("ConstantOfShape", Case("ConstantOfShape", 9, [("value", new TensorValue(I64([1], 7)))], [I64([2], 2, 3)], Known: [0]));
        yield return ("ConstantOfShape zeros", Case("ConstantOfShape", 9, [], [I64([2], 2, 3)], Known: [0]));
        yield return ("Range", Case("Range", 11, [], [Tensor.Scalar(10L), Tensor.Scalar(-3L), Tensor.Scalar(-4L)], Known: [0, 1, 2]));
        yield return ("Range floats", Case("Range", 11, [], [Scalar(1f), Scalar(2f), Scalar(0.3f)], Known: [0, 1, 2]));
        yield return ("Shape", Case("Shape", 15, [("start", 1), ("end", -1)], [x], Known: [0]));
        yield return ("Size", Case("Size", 13, [], [x], Known: [0]));
        yield return ("EyeLike", Case("EyeLike", 9, [("k", 1), ("dtype", 7)], [F32(3, 4)], Known: [0]));
        yield return ("NonZero", Case("NonZero", 13, [], [I64([2, 3], 1, 0, 3, 0, 5, 6)], Known: [0]));
        yield return ("Dropout", Case("Dropout", 13, [], [x]));
    }

    // Inputs after the first are constants unless it is said which are known.
    private static OperatorCase Case(
        string type, int opset, (string Name, AttributeValue Value)[] attributes, Tensor?[] inputs, int Outputs = 1, string Domain = "",
        int[]? Known = null, bool HasKernel = true)
    {
        var one = new OperatorCase(type, opset, Domain).Outputs(Outputs);
        foreach ((string name, AttributeValue value) in attributes)
            one.With(name, value);
        for (int i = 0; i < inputs.Length; i++)
            _ = inputs[i] is not { } tensor ? one.Absent() : (Known?.Contains(i) ?? i > 0) ? one.Constant(tensor) : one.Input(tensor);
        return HasKernel ? one : one.EvaluatesOnly();
    }

    private static Tensor F32(params int[] extents) => RandomTensor.F32(new Random(extents.Aggregate(17, (a, b) => a * 31 + b)), extents);

    private static Tensor I64(int[] extents, params long[] values) => Tensor.Of(Shape.Create(extents), values);

    private static Tensor Bools(int[] extents, params bool[] values) => Tensor.Of(Shape.Create(extents), values);

    private static Tensor Scalar(float value) => Tensor.Scalar(value);

    private static IntegersValue Ints(params long[] values) => new([.. values]);

    private static Tensor Map(Tensor x, Func<float, float> function) => Tensor.Of(x.Shape, Array.ConvertAll(x.Span<float>().ToArray(), v => function(v)));
}
