using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Quantize;
using Edgec.Runtime;
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

    private static Graph Parse(string text)
    {
        var diagnostics = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(text, "t.ir", diagnostics);
        diagnostics.ThrowIfErrors();
        return graph!;
    }
}
