using System.Reflection;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Every operator is listed, and its text form says all of it.</summary>
public sealed class OpTableTests
{
    private static readonly Activation Six = new(0, 6);

    private static readonly Operator[] Samples =
    [
        new Attention(true, 0.5f, 0.25f, -3, Six, -2, 4),
        new ArgExtremum(false, -1, false, true),
        new Attention(true, 0.5f, 0.25f, -3, Six) { Parallel = 4 },
        new BatchNormalization(0.5f),
        new BiasGelu(true),
        new Binary(BinaryFunction.Subtract, Six, 1),
        new Branched(new Conv(new([3, 3], [1, 2], [1, 1], [1, 1, 1, 1]), 1, Activation.Relu, ChannelsLast: true)),
        new Branched(new MatMul(true, Six)),
        new Cast(ElementType.I64),
        new Compare(CompareFunction.LessOrEqual, 2),
        new Constant(Tensor.Scalar(3L)),
        new ConstantOfShape(Tensor.Of<int>([1], [7])),
        new CumulativeSum(true, true),
        new DeformConv(new([3, 3], [2, 1], [1, 2], [1, 0, 1, 0]), 2, 4, true, true, -3, 2.5f, Six, true, true),
        new DeltaGelu(true),
        new DequantizeLinear(2, 16),
        new Dropout(null),
        new Einsum("ij->ji"),
        new ExpertMatMul(16, Six, true),
        new EyeLike(-1, ElementType.F32),
        new FakeQuantize(new([0.5, 0.25], [3, -4], 1), -8, 7, RoundingMode.Floor),
        new Gemm(0.5f, 2, true, true),
        new GroupNormalization(4, 0.5f, true),
        new Hardmax(1, true),
        new LayerNormalization(2, 0.5f),
        new LocalResponseNormalization(5, 0.5f, 0.25f, 2),
        new LpNormalization(1, 1),
        new MatMul(true, Activation.Relu),
        new MeanVarianceNormalization([1, 2]),
        new MixtureOfExperts(2, "silu", true, true),
        new Modulo(true),
        new MultiHeadAttention(3, 0.5f, -100, true),
        new ProjectedAttention(2, [8, 8, 4], 0.5f, -100, true),
        new ScaledDotProductAttention(true, 4, 2, 0.5f, 30, 2),
        new Predicate(PredicateFunction.IsInfinite, false, true),
        new QuantizeLinear(2, 16, 3),
        new RankedIndices(2, 5, false),
        new Reduce(ReduceFunction.LogSumExp, [0, 2], false, true),
        new Rescale(Six),
        new MmcvDeformConv(true, [2, 2], [1, 1], [1, 1], 2, 4),
        new MultiThreshold(0.5f, -1, true),
        new Quant(false, false, RoundingMode.Floor),
        new Requantize(16, -8, 7, 3),
        new RequantShift(65536, 256, true),
        new RmsNormalization(1, 0.5f),
        new ShapeOf(1, -1),
        new SkipLayerNormalization(0.5f, true),
        new Softmax(1, true, true, true),
        new Thresholds(0.5f, -1, 2, 3, 2),
        new TopK(0, false, 5),
        new Trunc(false, true, RoundingMode.TowardZero),
        new Unary(UnaryFunction.Clip, -1, 1),
        new Unary(UnaryFunction.GeluTanh),
        new Unary(UnaryFunction.HardSigmoid, 0.25f, 0.75f),
        new Unary(UnaryFunction.Power, 3),
        new Unary(UnaryFunction.Shrink, 2, 1),
    ];

    public static TheoryData<string> Names => [.. OpTable.All.Select(def => def.Text)];

    [Fact]
    public void Lists_every_operator()
    {
        var listed = OpTable.All.ToHashSet();
        foreach (Type type in typeof(Operator).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Operator)) && !t.IsAbstract))
        {
            object? defs = type.GetField("Def", BindingFlags.Static | BindingFlags.Public)?.GetValue(null)
                ?? type.GetProperty("Defs", BindingFlags.Static | BindingFlags.Public)?.GetValue(null);
            IEnumerable<OpDef> own = defs switch { OpDef def => [def], IEnumerable<OpDef> several => several, _ => [] };
            Assert.True(own.Any() && own.All(listed.Contains), $"{type.Name} is not in OpTable");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reads_what_it_prints_for_default_attributes(string name)
    {
        Operator op;
        try
        {
            op = OpTable.FindText(name)!.Read(new AttributeReader(new Dictionary<string, AttributeValue>(), AttributeReader.Newest));
        }
        catch (OperatorException e)
        {
            Assert.Contains(e.Code, new[] { "EC2001", "EC2002" });
            return; // an attribute is required: the samples have it
        }

        RoundTrip(op);
    }

    [Fact]
    public void Reads_what_it_prints_for_all_attributes()
    {
        foreach (Operator op in Samples)
            RoundTrip(op);
    }

    [Fact]
    public void Finds_operators_by_their_onnx_names()
    {
        Assert.Equal("relu", OpTable.FindOnnx("", "Relu")!.Text);
        Assert.Equal("relu", OpTable.FindOnnx("ai.onnx", "Relu")!.Text);
        Assert.Equal("contrib-gelu", OpTable.FindOnnx("com.microsoft", "Gelu")!.Text);
        Assert.Null(OpTable.FindOnnx("com.example", "Relu"));
        Assert.Equal("qonnx-quant", OpTable.FindOnnx("onnx.brevitas", "Quant")!.Text);
        Assert.Same(OpTable.FindOnnx("qonnx.custom_op.general", "Quant"), OpTable.FindOnnx("finn.custom_op.general", "Quant"));
        Assert.Null(OpTable.FindOnnx("", "relu"));
    }

    private static void RoundTrip(Operator op)
    {
        var reader = new AttributeReader(op.Attributes.ToDictionary(a => a.Name, a => a.Value), AttributeReader.Newest);
        Operator again = OpTable.FindText(op.Name)!.Read(reader);
        Assert.Equal(op, again);
        Assert.Empty(reader.Unread);
        Assert.Equal(op.Name, again.Name);
    }
}
