using CsCheck;
using Edgec.Diagnostics;
using Edgec.Export;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Passes;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Edgec.Tests.Passes;
using Edgec.Tests.Quantize;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.Export;

/// <summary>Models written as ONNX mean the same integers when they are read again.</summary>
public sealed class RoundTripTests
{
    // Each is a network in the operators of a model file.
    private static readonly Dictionary<string, string> Networks = new()
    {
        ["residual"] = """
            input %x : f32[1,3,8,8]
              %c = conv(%x, #w, #b) {kernel_shape=[3,3], pads=[1,1,1,1]} ; Conv_0
              %r = relu(%c) ; Relu_1
              %d = conv(%r, #v) {kernel_shape=[3,3], pads=[1,1,1,1], group=8} ; Conv_2
              %s = add(%d, %r) ; Add_3
              %p = max-pool(%s) {kernel_shape=[2,2], strides=[2,2]} ; MaxPool_4
              %a = average-pool(%s) {kernel_shape=[3,3], strides=[2,2], pads=[1,1,1,1]} ; AveragePool_5
              %t = concat(%p, %a) {axis=1} ; Concat_6
              %k = clip(%t, #lo, #hi) ; Clip_7
              %g = global-average-pool(%k) ; Pool_8
              %f = flatten(%g) ; Flatten_9
              %y = gemm(%f, #u, #k2) {transB=1} ; Gemm_10
              output %y
              const #w : f32[8,3,3,3] = random(1)
              const #b : f32[8] = random(2)
              const #v : f32[8,1,3,3] = random(3)
              const #lo : f32[] = [-0.5]
              const #hi : f32[] = [1.5]
              const #u : f32[5,16] = random(4)
              const #k2 : f32[5] = random(5)
            """,
        ["selection"] = """
            input %x : f32[5,8]
              %l = matmul(%x, #g) ; MatMul_0
              %p = softmax(%l) {axis=1} ; Softmax_1
              %v, %i = top-k(%p, #k) {axis=1} ; TopK_2
              %m = scatter-elements(#z, %i, %v) {axis=1} ; ScatterElements_3
              %c = greater(%l, #t) ; Greater_4
              %d = matmul(%x, #w) ; MatMul_5
              %h = where(%c, %l, %d) ; Where_6
              %y = mul(%m, %h) ; Mul_7
              %n = gather(#w, %i) {axis=1} ; Gather_8
              output %y
              output %i
              output %n
              const #g : f32[8,6] = random(1)
              const #w : f32[8,6] = random(2)
              const #k : i64[1] = [2]
              const #z : f32[5,6] = [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]
              const #t : f32[] = [0.25]
            """,
        ["experts"] = """
            input %x : f32[1,7,6]
              %a = moe(%x, #g, #w1, #b1, #w2) {k=2, activation="relu", normalize=1} ; MoE_0
              %r = add(%x, %a) ; Add_1
              %y = moe(%r, #g2, #w1, #b1, #w2) {k=1, activation="gelu"} ; MoE_2
              output %y
              const #g : f32[6,4] = random(1)
              const #w1 : f32[4,6,8] = random(2)
              const #b1 : f32[4,8] = random(3)
              const #w2 : f32[4,8,6] = random(4)
              const #g2 : f32[6,4] = random(5)
            """,
        ["functions"] = """
            input %x : f32[1,4,4,6]
              %a = sigmoid(%x) ; Sigmoid_0
              %b = tanh(%x) ; Tanh_1
              %g = gelu(%x) ; Gelu_2
              %q = mul(%x, %a) ; Mul_3
              %h = hard-swish(%b) ; HardSwish_4
              %e = exp(%b) ; Exp_5
              %m = mul(%g, %h) ; Mul_6
              %d = sub(%m, %e) ; Sub_7
              %l = leaky-relu(%d) {alpha=0.1} ; LeakyRelu_8
              %z = mul(%l, #f) ; Mul_9
              %w = add(%z, %q) ; Add_10
              output %w
              output %e
              const #f : f32[4,1,1] = random(1)
            """,
        ["attention"] = """
            input %x : f32[1,6,8]
              %n = layer-normalization(%x, #gamma, #beta) {axis=-1} ; Norm_0
              %q = matmul(%n, #wq) ; MatMul_1
              %qb = add(%q, #bq) ; Add_2
              %k = matmul(%n, #wk) ; MatMul_3
              %v = matmul(%n, #wv) ; MatMul_4
              %kt = transpose(%k) {perm=[0,2,1]} ; Transpose_5
              %s = matmul(%qb, %kt) ; MatMul_6
              %m = mul(%s, #scale) ; Mul_7
              %p = softmax(%m) {axis=-1} ; Softmax_8
              %o = matmul(%p, %v) ; MatMul_9
              %r = add(%o, %x) ; Add_10
              %e = reduce-mean(%r) {axes=[1], keepdims=1} ; ReduceMean_11
              %y = log-softmax(%e) {axis=-1} ; LogSoftmax_12
              output %y
              output %r
              const #gamma : f32[8] = random(1)
              const #beta : f32[8] = random(2)
              const #wq : f32[8,8] = random(3)
              const #bq : f32[8] = random(4)
              const #wk : f32[8,8] = random(5)
              const #wv : f32[8,8] = random(6)
              const #scale : f32[] = [0.35]
            """,
        ["moves"] = """
            input %x : f32[1,8,4,4]
              %d = depth-to-space(%x) {blocksize=2} ; DepthToSpace_0
              %c = conv(%d, #w) {kernel_shape=[1,1]} ; Conv_1
              %u = resize(%c, _, #scales) {mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"} ; Resize_2
              %l = resize(%c, _, _, #sizes) {mode="linear", coordinate_transformation_mode="half_pixel"} ; Resize_3
              %p = pad(%u, #pads) ; Pad_4
              %s = slice(%p, #starts, #ends, #axes) ; Slice_5
              %i = instance-normalization(%c, #g, #b) ; Norm_6
              %t = gather(%i, #index) {axis=1} ; Gather_7
              %e = reduce-max(%t) {axes=[2,3], keepdims=1} ; ReduceMax_8
              %m = max(%t, %e) ; Max_9
              %k = arg-max(%i) {axis=1} ; ArgMax_10
              output %s
              output %l
              output %m
              output %k
              const #w : f32[6,2,1,1] = random(1)
              const #scales : f32[4] = [1,1,2,2]
              const #sizes : i64[4] = [1,6,11,5]
              const #pads : i64[8] = [0,0,1,0,0,0,0,1]
              const #starts : i64[1] = [1]
              const #ends : i64[1] = [9]
              const #axes : i64[1] = [2]
              const #g : f32[6] = random(2)
              const #b : f32[6] = random(3)
              const #index : i64[3] = [4,0,3]
            """,
    };

    public static TheoryData<string, OnnxDialect, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, OnnxDialect, string>();
            foreach (string network in Networks.Keys)
            {
                foreach (OnnxDialect dialect in Enum.GetValues<OnnxDialect>())
                {
                    cases.Add(network, dialect, "w8a8");
                    cases.Add(network, dialect, dialect == OnnxDialect.Qdq ? "w4a8" : "w8a16");
                }

                cases.Add(network, OnnxDialect.Qdq, "w4a16");
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_network_gives_the_same_integers(string network, OnnxDialect dialect, string precision)
    {
        Graph canonical = Canonical(network);
        Graph typed = RoundTrip.Quantize(canonical, PrecisionPlan.Of(PrecisionFile.ParseWords(precision)!));
        ModelProto model = RoundTrip.Check(typed, canonical, dialect);
        Assert.Equal(model, RoundTrip.Write(typed, canonical, dialect));
    }

    [Fact]
    public void A_random_graph_gives_the_same_integers() => Gen.Select(RandomGraphs.Images, Gen.Bool).Sample(
        (random, qonnx) =>
        {
            Graph canonical = RoundTrip.Run(Pipelines.Optimize, random);
            Graph typed = RoundTrip.Quantize(canonical);
            RoundTrip.Check(typed, canonical, qonnx ? OnnxDialect.Qonnx : OnnxDialect.Qdq);
        },
        iter: 30,
        print: pair => Edgec.Ir.Text.GraphPrinter.Print(pair.Item1));

    [Theory]
    [InlineData(OnnxDialect.Qdq)]
    [InlineData(OnnxDialect.Qonnx)]
    public void A_trained_network_gives_the_same_integers(OnnxDialect dialect)
    {
        var bag = new DiagnosticBag();
        string path = Path.Combine(SourceTree.Root, "examples", "shapes-classifier", "shapes_resnet8.onnx");
        Graph canonical = RoundTrip.Prepare(ModelImporter.Import(OnnxFile.Load(path, bag), ImportOptions.None, bag));
        ModelProto model = RoundTrip.Check(RoundTrip.Quantize(canonical), canonical, dialect);
        Assert.Equal(OnnxForm.LowestOpset, Assert.Single(model.OpsetImport, set => set.Domain.Length == 0).Version);
    }

    [Theory]
    [InlineData(OnnxDialect.Qdq)]
    [InlineData(OnnxDialect.Qonnx)]
    public void What_arrived_quantized_keeps_its_integers_and_its_ports(OnnxDialect dialect)
    {
        Graph canonical = RoundTrip.Prepare(StatedNetworks.Parse("""
            graph @arrived imported
              input %x : u8[1,2,5,5]
              %xf = dequantize-linear(%x, #sx, #zx) ; Dequantize_0
              %wf = dequantize-linear(#w, #sw) {axis=0} ; Dequantize_1
              %bf = dequantize-linear(#b, #sb) {axis=0} ; Dequantize_2
              %c = conv(%xf, %wf, %bf) {kernel_shape=[3,3]} ; Conv_3
              %r = relu(%c) ; Relu_4
              %y = quantize-linear(%r, #sy, #zy) ; Quantize_5
              output %y
              const #sx : f32[] = [0.02]
              const #zx : u8[] = [120]
              const #w : i8[2,2,3,3] = random(1)
              const #sw : f32[2] = [0.01,0.02]
              const #b : i32[2] = [1000,-300]
              const #sb : f32[2] = [0.0002,0.0004]
              const #sy : f32[] = [0.11]
              const #zy : u8[] = [7]
            """));
        Graph typed = Quantizer.Quantize(canonical, new Dictionary<string, ValueRange>(), PrecisionPlan.W8A8, new DiagnosticBag(), "t.onnx");
        ModelProto model = RoundTrip.Check(typed, canonical, dialect);
        int bytes = DataTypes.Of(ElementType.U8);
        Assert.Equal((bytes, bytes), (model.Graph.Input[0].Type.TensorType.ElemType, model.Graph.Output[0].Type.TensorType.ElemType));
    }

    [Fact]
    public void Weights_of_four_bits_are_stored_as_such_and_images_lie_channels_first()
    {
        Graph canonical = Canonical("residual");
        ModelProto model = RoundTrip.Write(RoundTrip.Quantize(canonical, new(LayerPrecision.W4A8, LayerPrecision.W4A8, [])), canonical, OnnxDialect.Qdq);
        TensorProto weights = Assert.Single(model.Graph.Initializer, tensor => tensor.DataType == (int)TensorProto.Types.DataType.Int4 && tensor.Dims.Count == 4);
        Assert.Equal([8, 3, 3, 3], weights.Dims);
        Assert.Equal(21, Assert.Single(model.OpsetImport).Version);
        Assert.DoesNotContain(model.Graph.Node, node => node.OpType == "Transpose");
        Assert.Contains(model.Graph.Node, node => node.Name == "Conv_0+Relu_1");
    }

    // What others make of the function that a model of experts holds.
    [Fact]
    public void Experts_are_a_function_that_ONNX_Runtime_computes()
    {
        Graph canonical = Canonical("experts");
        ModelProto model = RoundTrip.Write(canonical, canonical, OnnxDialect.Qdq);
        Assert.Equal(("edge.moe", "ExpertMatMul"), Assert.Single(model.Functions.Select(function => (function.Domain, function.Name))));
        Dictionary<string, Tensor> inputs = RandomInputs.For(canonical);
        Tensor expected = Edgec.Ops.GraphEvaluator.Evaluate(canonical, inputs)["y"], actual = Edgec.Tests.Ops.OnnxOracle.Run(model, inputs)[0];
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.All(Enumerable.Range(0, expected.Count), i => Assert.Equal(expected.Number(i), actual.Number(i), 1e-4));
    }

    [Fact]
    public void Layers_without_a_form_are_named()
    {
        Graph canonical = RoundTrip.Prepare(StatedNetworks.Integers(1));
        Graph typed = Quantizer.Quantize(canonical, new Dictionary<string, ValueRange>(), PrecisionPlan.W8A8, new DiagnosticBag(), "t.onnx");
        var problem = Assert.Throws<DiagnosticException>(() => RoundTrip.Write(typed, canonical, OnnxDialect.Qdq));
        Assert.All(problem.Diagnostics, item => Assert.Equal("EC5201", item.Code));
        Assert.Contains(problem.Diagnostics, item => item.ToString().Contains("RequantShift_1 -> ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_beyond_protobuf_is_refused()
    {
        Graph canonical = Canonical("residual");
        Graph typed = RoundTrip.Quantize(canonical);
        var problem = Assert.Throws<DiagnosticException>(() => OnnxWriter.Write(typed, canonical, OnnxDialect.Qdq, "edgec 1.0.0", "t.onnx", new(), most: 100));
        Assert.Equal("EC5202", Assert.Single(problem.Diagnostics).Code);
    }

    [Fact]
    public void A_bias_that_qonnx_rounds_is_told_of()
    {
        Graph canonical = RoundTrip.Prepare(StatedNetworks.Parse("""
            graph @large imported
              input %x : f32[1,1,2,2]
              %y = conv(%x, #w, #b) {kernel_shape=[1,1]} ; Conv_0
              output %y
              const #w : f32[1,1,1,1] = [0.0001]
              const #b : f32[1] = [1000]
            """));
        var bag = new DiagnosticBag();
        ModelProto model = RoundTrip.Write(RoundTrip.Quantize(canonical), canonical, OnnxDialect.Qonnx, bag);
        Assert.Equal("EC5203", Assert.Single(bag.Items).Code);
        Assert.Contains(model.Graph.Node, node => node is { OpType: "Quant", Domain: "qonnx.custom_op.general" });
    }

    private static Graph Canonical(string network) => RoundTrip.Prepare(StatedNetworks.Parse($"graph @{network} imported\n  {Networks[network]}"));
}
