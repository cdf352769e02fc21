using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Evaluate.Sensitivity;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Backends;

/// <summary>Units that split, convolve, join and shuffle, as ShuffleNetV2 has them: what is left of their moves, and that every backend does it.</summary>
public sealed class ShuffleTests
{
    [Fact]
    public void Only_what_is_convolved_is_joined_and_no_slice_is_stored()
    {
        Graph optimized = BuiltBundle.Optimize(Units());
        Passes.RandomInputs.AssertSameAnswer(Units(), optimized);
        ImmutableArray<PlanStep> moves = [.. Planner.Plan(optimized, new PlanOptions(), "test").Steps.Where(step => step.Kernel is MoveKernel)];
        Assert.DoesNotContain(optimized.Nodes, node => node.Op is Gather or Transpose { Permutation.Count: 5 });
        // Into one layout and out of it, twelve channels for each unit, and all of them at the end.
        Assert.Equal([3, 12, 12, 24, 5], moves.Select(step => ((MoveKernel)step.Kernel).Count / 25));
    }

    [Theory]
    [InlineData("x86-64-v3")]
    [InlineData("cortex-a72")]
    [InlineData("csharp")]
    [InlineData("ultra96")]
    public void Every_layer_is_equal(string target) =>
        Assert.All(BuiltBundle.Compare(BuiltBundle.Quantize(Units()), TargetCatalog.Load(target)), layer => Assert.True(layer.Passed, layer.Name));

    /// <summary>A concatenation that takes a slice from where it stands reads another value than its operand: one layer in integers may rename that.</summary>
    [Theory]
    [InlineData("Conv_0")]
    [InlineData("Conv_1")]
    [InlineData("Conv_8")]
    [InlineData("Conv_9")]
    [InlineData("Conv_7")]
    [InlineData("Conv_15")]
    public void What_differs_with_one_layer_in_integers_is_what_a_whole_run_computes(string layer)
    {
        Graph optimized = BuiltBundle.Optimize(Units());
        LoweredGraph real = LoweredGraph.Of(optimized, "test");
        Graph mixed = BuiltBundle.Quantize(Units(), PrecisionPlan.Fp32.With(layer, LayerPrecision.W8A8));
        IReadOnlyDictionary<string, Tensor> sample = DataSet.Noise(DataInput.Of(optimized), 1, 1).Sample(0);
        Tensor whole = LoweredGraph.Of(mixed, "test").Run(sample).Of("y"), part = GraphDifference.Of(real, mixed, "test").Run(sample, real.Run(sample)).Of("y");
        Assert.Equal(whole.Bytes, part.Bytes);
        Assert.False(real.Run(sample).Of("y").Bytes.SequenceEqual(part.Bytes));
    }

    private static Graph Units()
    {
        const string Text = """
            graph @units canonical
              input %x : f32[1,3,5,5]
              %a = conv(%x, #w0) {kernel_shape=[1,1], activation=[0.0,inf]} : f32[1,12,5,5] ; Conv_0
              %b = conv(%x, #w1) {kernel_shape=[3,3], pads=[1,1,1,1], activation=[0.0,inf]} : f32[1,12,5,5] ; Conv_1
              %c0 = concat(%a, %b) {axis=1} : f32[1,24,5,5] ; Concat_2
              %r0 = reshape(%c0) {shape=[1,12,2,5,5]} : f32[1,12,2,5,5] ; Reshape_3
              %t0 = transpose(%r0) {perm=[2,0,1,3,4]} : f32[2,1,12,5,5] ; Transpose_4
              %p0 = slice(%t0) {starts=[0], ends=[1], axes=[0]} : f32[1,1,12,5,5] ; Gather_5
              %e0 = reshape(%p0) {shape=[1,12,5,5]} : f32[1,12,5,5] ; Gather_5
              %q0 = slice(%t0) {starts=[1], ends=[2], axes=[0]} : f32[1,1,12,5,5] ; Gather_6
              %o0 = reshape(%q0) {shape=[1,12,5,5]} : f32[1,12,5,5] ; Gather_6
              %m0 = conv(%o0, #w2) {kernel_shape=[1,1], activation=[0.0,inf]} : f32[1,12,5,5] ; Conv_7
              %d0 = conv(%m0, #w3) {kernel_shape=[3,3], pads=[1,1,1,1], group=12} : f32[1,12,5,5] ; Conv_8
              %n0 = conv(%d0, #w4) {kernel_shape=[1,1], activation=[0.0,inf]} : f32[1,12,5,5] ; Conv_9
              %c1 = concat(%e0, %n0) {axis=1} : f32[1,24,5,5] ; Concat_10
              %r1 = reshape(%c1) {shape=[1,12,2,5,5]} : f32[1,12,2,5,5] ; Reshape_11
              %t1 = transpose(%r1) {perm=[2,0,1,3,4]} : f32[2,1,12,5,5] ; Transpose_12
              %p1 = slice(%t1) {starts=[0], ends=[1], axes=[0]} : f32[1,1,12,5,5] ; Gather_13
              %e1 = reshape(%p1) {shape=[1,12,5,5]} : f32[1,12,5,5] ; Gather_13
              %q1 = slice(%t1) {starts=[1], ends=[2], axes=[0]} : f32[1,1,12,5,5] ; Gather_14
              %o1 = reshape(%q1) {shape=[1,12,5,5]} : f32[1,12,5,5] ; Gather_14
              %n1 = conv(%o1, #w5) {kernel_shape=[1,1], activation=[0.0,inf]} : f32[1,12,5,5] ; Conv_15
              %c2 = concat(%e1, %n1) {axis=1} : f32[1,24,5,5] ; Concat_16
              %y = conv(%c2, #w6) {kernel_shape=[1,1]} : f32[1,5,5,5] ; Conv_17
              output %y
              const #w0 : f32[12,3,1,1] = random(1)
              const #w1 : f32[12,3,3,3] = random(2)
              const #w2 : f32[12,12,1,1] = random(3)
              const #w3 : f32[12,1,3,3] = random(4)
              const #w4 : f32[12,12,1,1] = random(5)
              const #w5 : f32[12,12,1,1] = random(6)
              const #w6 : f32[5,24,1,1] = random(7)
            """;
        var diagnostics = new DiagnosticBag();
        return GraphParser.Parse(Text, "units.ir", diagnostics) ?? throw new DiagnosticException(diagnostics.Items[0]);
    }
}
