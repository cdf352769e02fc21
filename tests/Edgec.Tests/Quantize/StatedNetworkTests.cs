using Edgec.Check;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Targets;
using Edgec.Tests.Backends;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>Integer networks declared float, QONNX and FINN: the integers they state, on every backend.</summary>
public sealed class StatedNetworkTests
{
    [Fact]
    public void Integer_networks_give_the_very_integers()
    {
        for (int seed = 0; seed < 8; seed++)
        {
            Graph imported = StatedNetworks.Integers(seed), typed = StatedNetworks.Typed(imported);
            var random = new Random(seed);
            for (int i = 0; i < 4; i++)
            {
                (float[] expected, float[] actual) = StatedNetworks.Run(imported, typed, Tensor.Of([1, 3, 6, 5], [.. Enumerable.Range(0, 90).Select(_ => (float)random.Next(256))]));
                Assert.Equal(expected, actual);
            }
        }
    }

    [Theory]
    [InlineData("ROUND")]
    [InlineData("CEIL")]
    [InlineData("FLOOR")]
    [InlineData("UP")]
    [InlineData("DOWN")]
    [InlineData("HALF_UP")]
    [InlineData("HALF_DOWN")]
    [InlineData("ROUND_TO_ZERO")]
    public void Few_bits_give_what_float_gives(string rounding)
    {
        for (int seed = 0; seed < 6; seed++)
        {
            Graph imported = StatedNetworks.FewBits(seed, rounding), typed = StatedNetworks.Typed(imported);
            var random = new Random(seed);
            for (int i = 0; i < 4; i++)
            {
                (float[] expected, float[] actual) = StatedNetworks.Run(imported, typed, Tensor.Of([1, 2, 5, 5], [.. Enumerable.Range(0, 50).Select(_ => random.Next(-9, 9) * 0.25f)]));
                Assert.Equal(expected, actual);
            }
        }
    }

    [Theory]
    [InlineData("x86-64-v3")]
    [InlineData("cortex-a72")]
    [InlineData("csharp")]
    [InlineData("ultra96")]
    public void Every_layer_is_equal(string target)
    {
        foreach (Graph typed in (Graph[])[StatedNetworks.Typed(StatedNetworks.Integers(1)), StatedNetworks.Typed(StatedNetworks.FewBits(2, "ROUND", even: target == "ultra96"))])
            Assert.All(BuiltBundle.Compare(typed, TargetCatalog.Load(target)), layer => Assert.True(layer.Passed, $"{layer.Name}: {layer.First}"));
    }

    [Fact]
    public void It_is_said_what_an_integer_input_is_taken_for()
    {
        var bag = new DiagnosticBag();
        StatedNetworks.Typed(StatedNetworks.Integers(0), bag);
        Assert.Contains(bag.Items, d => d.Code == "EC2201");
    }

    [Theory]
    [InlineData("0.0")]
    [InlineData("65.0")]
    [InlineData("2.5")]
    public void Bit_widths_are_integers_from_1_to_16(string bits) => Refuses("EC2002", Quant("qonnx-quant(%x, #s, #z, #b)", "1.0", bits));

    [Theory]
    [InlineData("0.0")]
    [InlineData("-1.0")]
    [InlineData("nan")]
    public void Scales_are_positive(string scale) => Refuses("EC2001", Quant("qonnx-quant(%x, #s, #z, #b)", scale, "4.0"));

    [Theory]
    [InlineData("1,2", "2.0,1.0", "EC2001")]
    [InlineData("1,2", "nan,1.0", "EC2001")]
    [InlineData("3,1", "1.0,2.0,3.0", "EC2001")]
    [InlineData("2", "1.0,2.0", "EC2001")]
    public void Thresholds_ascend_in_rows(string shape, string values, string code) => Refuses(code, $$"""
        graph @t imported
          input %x : f32[1,2]
          %y = multi-threshold(%x, #h)
          output %y
          const #h : f32[{{shape}}] = [{{values}}]
        """);

    [Theory]
    [InlineData("3.0", "256.0", "EC2002")]
    [InlineData("16.0", "1000.0", "EC2002")]
    [InlineData("0.0", "256.0", "EC2002")]
    public void Divisors_are_powers_of_two_and_levels_fit_a_byte(string div, string levels, string code) =>
        Assert.Equal(code, Assert.Throws<OperatorException>(() => RequantShift.Def.Read(new(new Dictionary<string, AttributeValue>
        {
            ["div"] = float.Parse(div),
            ["n_levels_out"] = new TensorValue(Tensor.Of([1], [float.Parse(levels)])),
            ["signed"] = 1L,
        }, 1))).Code);

    [Fact]
    public void Real_weights_before_a_stated_requantization_are_named() => RefusesToPlan("EC3051", """
        graph @t imported
          input %x : f32[1,2]
          %c = matmul(%x, #w)
          %y = requant-shift(%c, #m, #a) {div=16, n_levels=256, signed=1}
          output %y
          const #w : f32[2,2] = [1.5,2.0,3.0,4.0]
          const #m : f32[] = [1.0]
          const #a : f32[] = [0.0]
        """);

    [Fact]
    public void A_sum_of_two_takes_no_odd_addend() => RefusesToPlan("EC3050", """
        graph @t imported
          input %x : f32[1,2]
          input %z : f32[1,2]
          %c = add(%x, %z)
          %y = requant-shift(%c, #m, #a) {div=16, n_levels=256, signed=1}
          output %y
          const #m : f32[] = [5.0]
          const #a : f32[] = [3.0]
        """);

    [Fact]
    public void Sums_that_two_read_are_not_stored()
    {
        Graph typed = StatedNetworks.Parse("""
            graph @t quantized
              input %x : i8[1,2]<scale=1.0, zero=0>
              %c = matmul(%x, #w) {transpose_b=1} : i32[1,2]<scale=1.0, zero=0>
              %y = requantize(%c, #m, #a) {shift=1, lo=0, hi=7} : i8[1,2]<scale=1.0, zero=0>
              %z = requantize(%c, #m, #a) {shift=1, lo=0, hi=3} : i8[1,2]<scale=1.0, zero=0>
              output %y
              output %z
              const #w : i8[2,2]<scale=1.0, zero=0> = [1,2,3,4]
              const #m : i32[1] = [1]
              const #a : i64[1] = [1]
            """);
        Assert.Contains(Assert.Throws<DiagnosticException>(() => Planner.Plan(typed, new PlanOptions(), "t")).Diagnostics, d => d.Code == "EC4008");
    }

    [Fact]
    public void Thresholds_behind_a_sum_of_two_and_requantizations_of_grouped_weights_have_no_kernel()
    {
        Assert.Equal("EC3053", Refusal("""
            graph @t quantized
              input %x : i8[1,2]<scale=1.0, zero=0>
              %c = add(%x, %x) : i32[1,2]<scale=1.0, zero=0>
              %y = thresholds(%c, #h) {count=1} : i8[1,2]<scale=1.0, zero=0>
              output %y
              const #h : f64[1,1] = [0.5]
            """));
        Assert.Equal("EC3052", Refusal("""
            graph @t quantized
              input %x : i8[1,4]<scale=1.0, zero=0>
              %c = matmul(%x, #w) {transpose_b=1} : i32[1,1]<scale=1.0, zero=0>
              %y = requantize(%c, #m, #a) {shift=1, lo=0, hi=7} : i8[1,1]<scale=1.0, zero=0>
              output %y
              const #w : i4[1,4]<axis=0, scale=[1.0], group=2, multipliers=[1,255]> = [1,2,3,4]
              const #m : i32[1] = [1]
              const #a : i64[1] = [1]
            """));

        static string Refusal(string text) => Assert.Single(
            Assert.Throws<DiagnosticException>(() => Planner.Plan(StatedNetworks.Parse(text), new PlanOptions(), "t")).Diagnostics).Code;
    }

    [Theory]
    [InlineData("[2.0,3.0,6.0,7.0]", "1,1", "EC4112")]
    [InlineData("[0.0,1.0,2.0,3.0]", "-128,-1", "EC4113")]
    public void Engines_refuse_what_no_multiplier_gives(string thresholds, string weights, string code)
    {
        Graph typed = StatedNetworks.Parse($$"""
            graph @t quantized
              input %x : i8[1,2]<scale=1.0, zero=0>
              %c = matmul(%x, #w) {transpose_b=1} : i32[1,1]<scale=1.0, zero=0>
              %y = thresholds(%c, #h, #d) {count=4} : i8[1,1]<scale=1.0, zero=0>
              output %y
              const #w : i8[1,2]<scale=1.0, zero=0> = [{{weights}}]
              const #h : f64[1,4] = {{thresholds}}
              const #d : i8[1] = [-1]
            """);
        Target target = TargetCatalog.Load("ultra96");
        ModelPlan plan = Planner.Plan(typed, Edgec.Compile.Backends.PlanOptions(target, null), "t");
        Assert.Contains(Assert.Throws<DiagnosticException>(() => Edgec.Compile.Backends.Estimate(plan, target, "t")).Diagnostics, d => d.Code == code);
    }

    private static string Quant(string node, string scale, string bits) => $$"""
        graph @t imported
          input %x : f32[1,2]
          %y = {{node}}
          output %y
          const #s : f32[] = [{{scale}}]
          const #z : f32[] = [0.0]
          const #b : f32[] = [{{bits}}]
        """;

    private static void Refuses(string code, string text)
    {
        var bag = new DiagnosticBag();
        Assert.Throws<DiagnosticException>(() => StatedNetworks.Typed(StatedNetworks.Parse(text), bag));
        Assert.Contains(bag.Items, d => d.Code == code);
    }

    private static void RefusesToPlan(string code, string text) => Assert.Contains(
        Assert.Throws<DiagnosticException>(() => Planner.Plan(StatedNetworks.Typed(StatedNetworks.Parse(text)), new PlanOptions(), "t.onnx")).Diagnostics, d => d.Code == code);
}
