using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Runtime;

namespace Edgec.Tests.Quantize;

/// <summary>Networks that state their integers, written as an importer hands them over.</summary>
internal static class StatedNetworks
{
    /// <summary>Convolutions, a residual sum and a dense layer of integers in tensors declared float.</summary>
    public static Graph Integers(int seed)
    {
        var random = new Random(seed);
        string Weights(string name, string shape, int count, int most) => $"  const #{name} : f32[{shape}] = [{Join(count, () => random.Next(-most, most + 1))}]\n";
        string Numbers(string name, int count, int least, int most) => $"  const #{name} : f32[{count},1,1] = [{Join(count, () => random.Next(least, most))}]\n";
        return Parse($$"""
            graph @integers imported
              input %x : f32[1,3,6,5]
              %c = conv(%x, #w) {kernel_shape=[3,3], pads=[1,1,1,1]} ; Conv_0
              %p = requant-shift(%c, #m, #a) {div=65536, n_levels=256, signed=0} ; RequantShift_1
              %d = conv(%p, #v) {kernel_shape=[1,1]} ; Conv_2
              %q = requant-shift(%d, #n, #b) {div=65536, n_levels=256, signed=1} ; RequantShift_3
              %h = requant-shift(%p, #half, #none) {div=65536, n_levels=256, signed=1} ; RequantShift_4
              %s = add(%q, %h) ; Add_5
              %r = requant-shift(%s, #twice, #none) {div=65536, n_levels=256, signed=0} ; RequantShift_6
              %g = max-pool(%r) {kernel_shape=[2,2], strides=[2,2]} ; MaxPool_7
              %f = flatten(%g) ; Flatten_8
              %e = gemm(%f, #u, #k) {transB=1} ; Gemm_9
              %y = requant-shift(%e, #l, #none) {div=4096, n_levels=200, signed=1} ; RequantShift_10
              output %y
              const #half : f32[] = [32768.0]
              const #twice : f32[] = [131072.0]
              const #none : f32[] = [0.0]
              const #l : f32[] = [57.0]

            """ + Weights("w", "4,3,3,3", 108, 25) + Weights("v", "4,4,1,1", 16, 127) + Weights("u", "5,24", 120, 9) + Numbers("m", 4, 300, 900)
            + Numbers("a", 4, -2000000, 2000000) + Numbers("n", 4, -700, 700) + Numbers("b", 4, -90000, 90000)
            + $"  const #k : f32[5] = [{Join(5, () => random.Next(-3000, 3000))}]\n");
    }

    /// <summary>A convolution and a dense layer of few bits, with scalings of either sign between, as QONNX and FINN write them.</summary>
    /// <param name="even">The last thresholds lie evenly and their integers too, as engines need it.</param>
    public static Graph FewBits(int seed, string rounding, bool even = false)
    {
        var random = new Random(seed);
        string Reals(string name, string shape, int count, double most) =>
            $"  const #{name} : f32[{shape}] = [{Join(count, () => (float)((random.NextDouble() * 2 - 1) * most))}]\n";
        int bits = 1 + random.Next(4);
        return Parse($$"""
            graph @few_bits imported
              input %x : f32[1,2,5,5]
              %i = qonnx-quant(%x, #s, #z, #four) {signed=1, narrow=0, rounding_mode="ROUND"} ; Quant_0
              %v = bipolar-quant(#w, #one) ; BipolarQuant_1
              %c = conv(%i, %v) {kernel_shape=[3,3]} ; Conv_2
              %m = mul(%c, #f) ; Mul_3
              %a = add(%m, #t) ; Add_4
              %r = relu(%a) ; Relu_5
              %q = qonnx-quant(%r, #e, #z, #bits) {signed=0, narrow=0, rounding_mode="{{rounding}}"} ; Quant_6
              %f2 = flatten(%q) ; Flatten_7
              %u = qonnx-quant(#d, #e, #z, #three) {signed=1, narrow=1, rounding_mode="ROUND"} ; Quant_8
              %k = matmul(%f2, %u) ; MatMul_9
              %n = mul(%k, #g) ; Mul_10
              %y = multi-threshold(%n, #h) {out_scale=2.0, out_bias=-{{(even ? 2 : 3)}}.0} ; MultiThreshold_11
              output %y
              const #s : f32[] = [0.25]
              const #z : f32[] = [0.0]
              const #four : f32[] = [4.0]
              const #three : f32[] = [3.0]
              const #bits : f32[] = [{{bits}}.0]
              const #one : f32[] = [1.0]
              const #e : f32[] = [0.37]
              const #h : f32[1,3] = [-1.3,0.1,{{(even ? 1.5 : 2.7)}}]

            """ + Reals("w", "3,2,3,3", 54, 1) + Reals("f", "3,1,1", 3, 0.4) + Reals("t", "3,1,1", 3, 1) + Reals("d", "27,4", 108, 1.2) + Reals("g", "4", 4, 1));
    }

    public static Graph Parse(string text)
    {
        var bag = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(text, "t.ir", bag);
        bag.ThrowIfErrors();
        return graph!;
    }

    /// <summary>The typed integer graph; nothing in it is calibrated.</summary>
    public static Graph Typed(Graph imported, DiagnosticBag? bag = null)
    {
        bag ??= new();
        Graph prepared = Pipelines.Prepare.Run(imported, new PassContext("t.onnx", bag));
        bag.ThrowIfErrors();
        return Quantizer.Quantize(prepared, new Dictionary<string, ValueRange>(), PrecisionPlan.W8A8, bag, "t.onnx");
    }

    /// <summary>The outputs on an input, as imported and as planned.</summary>
    public static (float[] Imported, float[] Planned) Run(Graph imported, Graph typed, Tensor x)
    {
        var sample = new Dictionary<string, Tensor> { [imported.Inputs[0]] = x };
        string y = imported.Outputs[0];
        ModelPlan plan = Planner.Plan(typed, new PlanOptions(), "t.onnx");
        return (GraphEvaluator.Evaluate(imported, sample)[y].ToF32().Span<float>().ToArray(), Edgec.Evaluate.Evaluator.Run(plan, sample)[y].ToF32().Span<float>().ToArray());
    }

    private static string Join(int count, Func<float> next) =>
        string.Join(',', Enumerable.Range(0, count).Select(_ => next()).Select(v => v == MathF.Floor(v) ? $"{v:f1}" : $"{v:r}"));
}
