using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Weights that arrive as i8 but fit 4 bits.</summary>
public sealed class WeightPackingTests
{
    [Theory]
    [InlineData(-8, 7, ElementType.I4)]
    [InlineData(-1, 1, ElementType.I4)]
    [InlineData(-8, 8, ElementType.I8)]
    [InlineData(-9, 7, ElementType.I8)]
    public void They_are_stored_two_to_a_byte_and_stay_the_same(int lowest, int highest, ElementType expected)
    {
        string scales = string.Join(',', Enumerable.Repeat("0.01", 16));
        string weights = string.Join(',', Enumerable.Range(0, 256).Select(i => i % 7 == 0 ? lowest : i % 5 == 0 ? highest : 0));
        var diagnostics = new DiagnosticBag();
        Graph graph = GraphParser.Parse($$"""
            graph @t quantized
              input %x : i8[1,3,3,16]<scale=0.1,zero=3>
              %c = conv(%x, #w) {kernel_shape=[1,1], channels_last=1} : i8[1,3,3,16]<scale=0.05,zero=-2>
              %r = reshape(%c) {shape=[9,16]} : i8[9,16]<scale=0.05,zero=-2>
              %y = matmul(%r, #v) {transpose_b=1} : i8[9,16]<scale=0.05,zero=-2>
              output %y
              const #w : i8[16,1,1,16]<axis=0,scale=[{{scales}}]> = [{{weights}}]
              const #v : i8[16,16]<axis=0,scale=[{{scales}}]> = [{{weights}}]
            """, "t.ir", diagnostics)!;
        diagnostics.ThrowIfErrors();
        Tensor[] stored = [.. Planner.Plan(graph, new PlanOptions(), "t").Steps.Select(step => step.Kernel).OfType<MatmulKernel>().Select(k => k.Weights!)];
        Assert.Equal([expected, expected], stored.Select(w => w.Element));
        Assert.All(stored, w => Assert.Equal(graph.Constants["w"].Integers(), w.Integers()));
    }
}
