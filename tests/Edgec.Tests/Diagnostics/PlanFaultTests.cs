using Edgec.Diagnostics;
using Edgec.Ir.Text;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Hls;
using Xunit;

namespace Edgec.Tests.Diagnostics;

/// <summary>What cannot be planned says so, with the node's name.</summary>
public sealed class PlanFaultTests
{
    [Fact]
    public void A_quantize_without_a_scale() => Refuses("EC3001", "t.ir(Q_0 -> y)", "The result of quantize has no scale", """
        graph @t quantized
          input %x : f32[4]
          %y = quantize(%x) : i8[4] ; Q_0
          output %y

        """);

    [Fact]
    public void Integers_without_a_scale_where_the_result_has_one() => Refuses("EC3001", "t.ir(Add_0 -> y)", "has no scale although the output has one", """
        graph @t quantized
          input %a : i8[4]
          input %b : i8[4]<scale=0.5>
          %y = add(%a, %b) : i8[4]<scale=0.5> ; Add_0
          output %y

        """);

    [Fact]
    public void An_arena_beyond_the_memory_that_there_is() => Refuses("EC4010", "t.ir", "The arena needs 128 bytes but --ram allows 100. Most of it: ", """
        graph @t canonical
          input %x : f32[16]
          %a = exp(%x) : f32[16] ; A
          %b = exp(%a) : f32[16] ; B
          %y = add(%a, %b) : f32[16] ; C
          output %y

        """, new PlanOptions(Ram: 100));

    // 127 and 129 have no common divisor: hardly two elements that stand in one row stay together.
    [Fact]
    public void A_reshape_that_tears_padded_rows_apart() => Refuses("EC4005", "t.ir(R_0 -> y)", "needs more than 4096 moves when rows are padded to 16", """
        graph @t quantized
          input %x : i8[4097,127]<scale=0.5>
          %y = reshape(%x) {shape=[127,4097]} : i8[127,4097]<scale=0.5> ; R_0
          %z = relu(%y) : i8[127,4097]<scale=0.5> ; Z_1
          output %z

        """, new PlanOptions(Lanes: 16));

    [Fact]
    public void Sums_beyond_32_bits() => Assert.Equal("EC4006", Prove(40_000, Tensor.Of([1], [40000]), Tensor.Of([1], [0L])).Code);

    [Fact]
    public void Products_beyond_62_bits() => Assert.Equal("EC4007", Prove(4, Tensor.Of([1], [40000]), Tensor.Of([1], [1L << 62])).Code);

    // Two values of 2^30 rows, each padded to a word of 16.
    [Fact]
    public void Addresses_beyond_31_bits()
    {
        Shape shape = [1 << 15, 1 << 15, 1];
        var table = new TableKernel(16, Tensor.Zeros(ElementType.I8, [256]));
        ModelPlan small = EngineBench.Plan([new("t", table, Tensor.Zeros(ElementType.I8, [1, 16]), [1, 16])]);
        ModelPlan plan = small with { Values = [.. small.Values.Select(v => v with { Type = v.Type with { Shape = shape }, Bytes = 1L << 34 })] };
        Assert.Equal("EC4107", Fault(() => HlsPlanner.Plan(plan, EngineBench.Board("zcu102"), new(), "m.onnx")).Code);
    }

    [Fact]
    public void Moves_that_take_a_program_without_end()
    {
        const int Count = MoveLowering.MostRecords + 16;
        var apart = new MoveKernel(1, Count, [.. Enumerable.Range(0, Count).Select(i => new StridedCopy(0, [1], [1], [1], Count - 1 - i, i))]);
        Diagnostic fault = Fault(() => HlsPlanner.Plan(
            EngineBench.Plan([new("turn", apart, Tensor.Zeros(ElementType.I8, [Count]), [Count])]), EngineBench.Board("zcu102"), new(), "m.onnx"));
        Assert.Equal(("EC4109", "m.onnx(turn -> turn)"), (fault.Code, fault.Location));
    }

    private static OperatorException Prove(int inner, Tensor multipliers, Tensor addends)
    {
        var finish = new IntegerFinish(multipliers, Tensor.Of([1], [(byte)20]), addends, -128, 127);
        return Assert.Throws<OperatorException>(() => AccumulatorRange.Prove(new MatmulKernel(new(1, 1, inner, 1, true, false, true), null, null, finish), ElementType.I8));
    }

    private static void Refuses(string code, string location, string message, string text, PlanOptions? options = null)
    {
        var diagnostics = new DiagnosticBag();
        Edgec.Ir.Graph? graph = GraphParser.Parse(text, "t.ir", diagnostics);
        diagnostics.ThrowIfErrors();
        Diagnostic fault = Fault(() => Planner.Plan(graph!, options ?? new(), "t.ir"));
        Assert.Equal((code, location), (fault.Code, fault.Location));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    private static Diagnostic Fault(Action action) => Assert.Throws<DiagnosticException>(action).Diagnostics[0];
}
