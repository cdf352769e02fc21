using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Edgec.Tests.Import;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.Diagnostics;

public sealed class QuantizeFaultTests
{
    [Fact]
    public void An_operator_without_an_integer_form_is_named()
    {
        Graph graph = Parse("""
            graph @t canonical
              input %x : f32[1,4]
              %a = relu(%x) : f32[1,4] ; Relu_0
              %m = cum-sum(%a, #axis) : f32[1,4] ; Sum_1
              %y = relu(%m) : f32[1,4] ; Relu_2
              output %y
              const #axis : i64[] = [1]

            """);
        var diagnostics = new DiagnosticBag();
        var ranges = new[] { "x", "a", "m", "y" }.ToDictionary(name => name, _ => new ValueRange(-1, 1));
        Quantizer.Quantize(graph, ranges, PrecisionPlan.W8A8, diagnostics, "m.onnx");
        Assert.Contains("m.onnx(Sum_1 -> m): warning EC3010: Operator cum-sum stays in float between dequantize and quantize", Assert.Single(diagnostics.Items).ToString());
    }

    [Fact]
    public void A_value_that_becomes_infinite_while_calibrating_is_named()
    {
        Graph graph = Parse("""
            graph @t canonical
              input %x : f32[2]
              %y = log(%x) : f32[2] ; Log_0
              output %y

            """);
        var sample = new Dictionary<string, Tensor> { ["x"] = Tensor.Of([2], [0f, 1f]) };
        DiagnosticException thrown = Assert.Throws<DiagnosticException>(() => Calibrator.Calibrate(graph, [sample], new(), "m.onnx"));
        Assert.StartsWith("m.onnx(Log_0 -> y): error EC3011: This value became NaN or infinite", Assert.Single(thrown.Diagnostics).ToString());
    }

    [Fact]
    public void Float_of_a_quantized_model_is_one_error()
    {
        Graph graph = Parse("""
            graph @t canonical
              input %x : f32[1,4]
              %q = fake-quantize(%x) {scale=[0.5], zero=[0], lo=-128, hi=127} : f32[1,4] ; Quantize_0
              %y = relu(%q) : f32[1,4] ; Relu_1
              output %y

            """);
        var compiler = new ModelCompiler(new CompileOptions("m.onnx", ImportOptions.None, PrecisionPlan.Fp32), new DiagnosticBag());
        DiagnosticException thrown = Assert.Throws<DiagnosticException>(() => compiler.Lower(graph));
        Assert.StartsWith("m.onnx: error EC3017: The model arrives quantized (1 of its values", Assert.Single(thrown.Diagnostics).ToString());
    }

    [Fact]
    public void Groups_of_weights_that_are_too_wide_for_them_are_refused()
    {
        Graph graph = Parse("""
            graph @t canonical
              input %x : f32[1,4]
              %y = matmul(%x, #w) {transpose_b=1} : f32[1,2] ; Gemm_0
              output %y
              const #w : f32[2,4] = random(1)

            """);
        var diagnostics = new DiagnosticBag();
        PrecisionPlan plan = PrecisionPlan.Of(new LayerPrecision(8, 8, 2));
        PrecisionAssignment.Of(plan, graph, diagnostics, "m.onnx").Check(graph, diagnostics, "m.onnx");
        Assert.StartsWith("m.onnx(Gemm_0 -> y): error EC3033: The plan asks for", Assert.Single(diagnostics.Items).ToString());
    }

    [Fact]
    public void Ranges_that_a_quantized_model_leaves_to_noise_are_named()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4).Node("QuantizeLinear", "x s", "q").Node("DequantizeLinear", "q s", "d").Node("Mul", "d d", "y").Output("y");
        model.Model.Graph.Initializer.Add(new TensorProto { Name = "s", DataType = 1, FloatData = { 0.5f } });
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("m.onnx"), model.Model.ToByteArray());
        var diagnostics = new DiagnosticBag();
        var compiler = new ModelCompiler(new CompileOptions(folder.At("m.onnx"), ImportOptions.None), diagnostics);
        compiler.Lower(compiler.Load());
        Assert.Contains("warning EC3013: The model states no scale for 1 of its values (y). Theirs come from", Assert.Single(diagnostics.Items).ToString());
    }

    [Theory]
    [InlineData("i8[1,2]", "[100,-100]", "-100", "f32[]", "0.5")] // 200 with zero point 0
    [InlineData("i8[2,2]", "[1,2,3,4]", "0,0", "f32[2]", "0.5,0.25")] // scales of the inputs, axis 1
    public void Stated_weights_that_kernels_cannot_take_are_quantized_again(string type, string integers, string zeros, string scales, string scale)
    {
        string zero = scales.Replace("f32", "i8", StringComparison.Ordinal);
        Graph graph = Parse($$"""
            graph @t canonical
              input %x : f32[1,2]
              %q = fake-quantize(%x) {scale=[0.5], zero=[0], lo=-128, hi=127} : f32[1,2] ; Quant_0
              %w = dequantize-linear(#i, #s, #z) : f32[{{type[3..]}} ; Weights_1
              %y = matmul(%q, %w) {transpose_b=1} : f32[1,{{type[3]}}] ; Gemm_2
              output %y
              const #i : {{type}} = {{integers}}
              const #s : {{scales}} = [{{scale}}]
              const #z : {{zero}} = [{{zeros}}]

            """);
        var diagnostics = new DiagnosticBag();
        Quantizer.Quantize(graph, new Dictionary<string, ValueRange> { ["y"] = new(-1, 1) }, PrecisionPlan.W8A8, diagnostics, "m.onnx");
        Assert.StartsWith("m.onnx(Gemm_2 -> w): warning EC3014: These weights have integers", Assert.Single(diagnostics.Items).ToString());
    }

    [Theory]
    [InlineData("scale=[0.5], zero=[7], lo=-300, hi=300")] // more than 8 bits with a zero point
    [InlineData("scale=[0.5], zero=[0], lo=-40000, hi=40000")] // more than 16 bits
    [InlineData("scale=[0.5], zero=[1000], lo=0, hi=255")] // zero point out of reach
    [InlineData("scale=[0.5], zero=[0], lo=-128, hi=127, rounding=\"floor\"")]
    public void A_stated_quantization_without_an_integer_form_is_refused_by_name(string stated)
    {
        Graph graph = Parse($$"""
            graph @t canonical
              input %x : f32[1,2]
              %q = fake-quantize(%x) { {{stated}} } : f32[1,2] ; Quant_0
              output %q

            """);
        var diagnostics = new DiagnosticBag();
        Assert.Throws<DiagnosticException>(() => Quantizer.Quantize(graph, new Dictionary<string, ValueRange>(), PrecisionPlan.W8A8, diagnostics, "m.onnx"));
        Assert.StartsWith("m.onnx(Quant_0 -> q): error EC3015: What fake-quantize states has no integer form", Assert.Single(diagnostics.Items).ToString());
    }

    private static Graph Parse(string text)
    {
        var diagnostics = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(text, "t.ir", diagnostics);
        diagnostics.ThrowIfErrors();
        return graph!;
    }
}
