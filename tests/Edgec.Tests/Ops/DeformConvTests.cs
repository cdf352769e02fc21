using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Deformable convolution against ONNX Runtime and the standard's own cases, and its integers against exact arithmetic.</summary>
public sealed class DeformConvTests
{
    private static readonly DeformConv Plain = new(
        new([3, 3], [1, 1], [1, 1], [1, 1, 1, 1]), 1, 1, false, false, float.NegativeInfinity, float.PositiveInfinity, Activation.None, BiasThird: true, ChannelsLast: true);

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(1, 2, true)]
    [InlineData(2, 1, true)]
    [InlineData(4, 4, false)]
    [InlineData(4, 1, true)]
    public void Groups_offset_groups_masks(int groups, int offsetGroups, bool masked)
    {
        foreach (int opset in new[] { 19, 22 })
        {
            var random = new Random(groups + offsetGroups);
            OperatorCase node = new OperatorCase("DeformConv", opset).List("pads", 1, 1, 1, 1)
                .With("group", groups).With("offset_group", offsetGroups)
                .Input(RandomTensor.F32(random, 2, 4, 6, 5)).Constant(RandomTensor.F32(random, 8, 4 / groups, 3, 3))
                .Input(RandomTensor.F32(random, 2, offsetGroups * 18, 6, 5)).Constant(RandomTensor.F32(random, 8));
            if (masked)
                node.Input(RandomTensor.F32(random, 2, offsetGroups * 9, 6, 5));
            Graph graph = node.Check(1e-4);
            Assert.True(graph.Nodes.Single().Op is DeformConv { BiasThird: true });
        }
    }

    [Fact]
    public void Strides_dilations_kernels()
    {
        var random = new Random(1);
        new OperatorCase("DeformConv", 19).List("strides", 2, 1).List("dilations", 1, 2).List("pads", 0, 2, 1, 1)
            .Input(RandomTensor.F32(random, 1, 2, 7, 9)).Constant(RandomTensor.F32(random, 3, 2, 2, 3)).Input(RandomTensor.F32(random, 1, 12, 4, 8)).Check(1e-4);
    }

    // test_basic_deform_conv_without_padding and test_basic_deform_conv_with_padding of the ONNX standard.
    [Theory]
    [InlineData(0, 2, 21, new[] { 9.5f, 11.9f, 20, 24 })]
    [InlineData(1, 4, 86, new[] { 0, 1, 3, 2, 3, 8, 11.9f, 7, 9, 20, 24, 13, 6, 13, 15, 8 })]
    public void The_cases_of_the_standard(int pad, int extent, int moved, float[] expected)
    {
        var offsets = new float[8 * extent * extent];
        (offsets[0], offsets[moved]) = (0.5f, -0.1f);
        new OperatorCase("DeformConv", 19).List("kernel_shape", 2, 2).List("pads", pad, pad, pad, pad)
            .Input(Tensor.Of([1, 1, 3, 3], [.. Enumerable.Range(0, 9).Select(i => (float)i)])).Constant(Tensor.Of<float>([1, 1, 2, 2], [1, 1, 1, 1]))
            .Input(Tensor.Of([1, 8, extent, extent], offsets))
            .Check([Tensor.Of([1, 1, extent, extent], expected)], 1e-6);
    }

    [Fact]
    public void Computed_weights_can_only_be_evaluated()
    {
        var random = new Random(2);
        new OperatorCase("DeformConv", 19)
            .Input(RandomTensor.F32(random, 1, 2, 5, 5)).Input(RandomTensor.F32(random, 2, 2, 3, 3)).Input(RandomTensor.F32(random, 1, 18, 3, 3))
            .EvaluatesOnly().Check(1e-4);
    }

    [Fact]
    public void Mmcv_has_other_names_for_it()
    {
        var random = new Random(3);
        Tensor x = RandomTensor.F32(random, 1, 4, 6, 6), offsets = RandomTensor.F32(random, 1, 36, 6, 6), mask = RandomTensor.F32(random, 1, 18, 6, 6);
        Tensor weights = RandomTensor.F32(random, 2, 2, 3, 3), bias = RandomTensor.F32(random, 2);
        Tensor plain = OnnxOracle.Run("DeformConv", 19, "", Attributes("pads", 4), [(x, false), (weights, true), (offsets, false)], 1)[0];
        Mmcv("MMCVDeformConv2d").Input(x).Input(offsets).Constant(weights).Check([plain], 1e-4);
        Tensor modulated = OnnxOracle.Run("DeformConv", 19, "", Attributes("pads", 4), [(x, false), (weights, true), (offsets, false), (bias, true), (mask, false)], 1)[0];
        Mmcv("MMCVModulatedDeformConv2d").Input(x).Input(offsets).Input(mask).Constant(weights).Constant(bias).Check([modulated], 1e-4);

        OperatorCase Mmcv(string op) => new OperatorCase(op, 1, "mmcv")
            .List("stride", 1, 1).List("padding", 1, 1).List("dilation", 1, 1).With("groups", 2).With("deform_groups", 2).With("im2col_step", 32);

        static List<(string, AttributeValue)> Attributes(string pads, int count) =>
            [(pads, (EquatableArray<long>)[.. Enumerable.Repeat(1L, count)]), ("group", 2), ("offset_group", 2)];
    }

    [Fact]
    public void Offsets_that_do_not_fit_are_named()
    {
        Tensor x = Tensor.Zeros(ElementType.F32, [1, 4, 6, 6]), weights = Tensor.Zeros(ElementType.F32, [2, 4, 3, 3]);
        Assert.Equal("EC2001", new OperatorCase("DeformConv", 19).Input(x).Constant(weights).Input(Tensor.Zeros(ElementType.F32, [1, 17, 4, 4])).Fails());
        Assert.Equal("EC2001", new OperatorCase("DeformConv", 19).With("offset_group", 3).Input(x).Constant(weights).Input(Tensor.Zeros(ElementType.F32, [1, 54, 4, 4])).Fails());
        Assert.Equal("EC2002", new OperatorCase("DeformConv", 19).Input(Tensor.Zeros(ElementType.F32, [1, 4, 6])).Constant(weights).Input(Tensor.Zeros(ElementType.F32, [1, 18, 4, 4])).Fails());
    }

    // A number s for each pixel is the offsets s · grid.
    [Fact]
    public void Square_offsets_are_a_scaled_grid()
    {
        var random = new Random(4);
        Tensor x = RandomTensor.F32(random, 1, 5, 6, 3), w = RandomTensor.F32(random, 4, 3, 3, 3), b = RandomTensor.F32(random, 4), s = RandomTensor.F32(random, 1, 5, 6, 1);
        Tensor offsets = Tensor.Zeros(ElementType.F32, [1, 5, 6, 18]);
        for (int i = 0; i < offsets.Count; i++)
            offsets.Span<float>()[i] = s.Span<float>()[i / 18] * (i % 2 == 0 ? i % 18 / 2 / 3 - 1 : i % 18 / 2 % 3 - 1);
        Tensor expected = Plain.Evaluate(new([x, w, b, offsets], 1))[0], actual = (Plain with { Square = true }).Evaluate(new([x, w, b, s], 1))[0];
        Assert.Equal(expected.Span<float>(), actual.Span<float>());
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    [InlineData(false, false, true, true)]
    public void Integers_are_as_near_as_their_bound_says(bool rounded, bool square, bool masked, bool narrow = false)
    {
        var random = new Random(5);
        foreach (int groups in new[] { 1, 2, 6 })
        {
            DeformConv op = Plain with { Groups = groups, OffsetGroups = groups == 2 ? 2 : 1, Rounded = rounded, Square = square, Lo = -3, Hi = 2.5f };
            double pixel = rounded ? 1 : 1.0 / 16;
            int numbers = op.OffsetGroups * (square ? 1 : 18);
            List<(Tensor, Quantization?)> operands =
            [
                (RandomTensor.I8(random, 1, 6, 7, 6), Quantization.PerTensor(0.05, 11)),
                (RandomTensor.I8(random, 6, 3, 3, 6 / groups), Quantization.PerChannel(0, [0.01, 0.02, 0.005, 0.01, 0.03, 0.01])),
                (RandomTensor.I32(random, 5000, 6), Quantization.PerChannel(0, [.. new[] { 0.01, 0.02, 0.005, 0.01, 0.03, 0.01 }.Select(w => w * 0.05 * pixel)])),
                (rounded ? Small(random, 4, 1, 6, 7, numbers) : Small(random, 60, 1, 6, 7, numbers), Quantization.PerTensor(pixel, 0)),
            ];
            if (narrow)
                operands.Add((RandomTensor.I8(random, 1, 6, 7, op.OffsetGroups * 9), Quantization.PerTensor(1.0 / 256, -128)));
            else if (masked)
                operands.Add((Tensor.Of<short>([1, 6, 7, op.OffsetGroups * 9], [.. Enumerable.Range(0, 42 * op.OffsetGroups * 9).Select(_ => (short)random.Next(0, 257))]), Quantization.PerTensor(1.0 / 256, 0)));
            var node = new QuantizedNode(op, [.. operands], Quantization.PerTensor(0.3, -9), 1, 2);
            Assert.InRange(node.WorstError(), 0, RoundingError.Of(node.Kernel())!.Value);
        }

        static Tensor Small(Random random, int most, params int[] extents) =>
            Tensor.Of(Shape.Create(extents), [.. Enumerable.Range(0, (int)Shape.Create(extents).ElementCount).Select(_ => (sbyte)random.Next(-most, most + 1))]);
    }

    [Fact]
    public void Integer_offsets_have_a_power_of_two()
    {
        var node = new QuantizedNode(
            Plain, [(Zeros(ElementType.I8, 1, 3, 3, 1), Q(1)), (Zeros(ElementType.I8, 1, 3, 3, 1), Q(1)), (Zeros(ElementType.I32, 1), Q(1)), (Zeros(ElementType.I8, 1, 3, 3, 18), Q(0.1))], Q(1), 1, 2);
        Assert.Equal("EC3001", Assert.Throws<OperatorException>(() => node.Kernel()).Code);

        static Tensor Zeros(ElementType element, params int[] extents) => Tensor.Zeros(element, Shape.Create(extents));

        static Quantization Q(double scale) => Quantization.PerTensor(scale, 0);
    }

    // A mask of 2 · sigmoid gets steps of 1/128 of 8 bits too.
    [Theory]
    [InlineData(1f, false, 1.0 / 256, ElementType.I16)]
    [InlineData(1f, true, 1.0 / 256, ElementType.I8)]
    [InlineData(2f, true, 1.0 / 128, ElementType.I8)]
    [InlineData(0.4f, true, 1.0 / 512, ElementType.I8)]
    [InlineData(null, true, 1.0 / 256, ElementType.I8)]
    public void Masks_have_256ths_of_a_power_of_two(float? hi, bool narrow, double scale, ElementType element)
    {
        var role = (StatedOperandRole)Plain.RoleOf(4);
        Assert.Equal((element, Quantization.PerTensor(scale, narrow ? -128 : 0)), role.Integers(0, hi, narrow));
    }

    [Theory]
    [InlineData(-7.9f, 8f, false, 4, ElementType.I8)]
    [InlineData(-8.1f, 1f, false, 4, ElementType.I16)]
    [InlineData(-8.1f, 1f, true, 3, ElementType.I8)]
    [InlineData(0f, 100f, true, 0, ElementType.I8)]
    [InlineData(0f, 200f, true, 4, ElementType.I16)]
    [InlineData(null, null, true, 4, ElementType.I16)]
    public void Offsets_get_the_bits_that_hold_them(float? lo, float? hi, bool narrow, int fraction, ElementType element)
    {
        var role = (StatedOperandRole)Plain.RoleOf(3);
        Assert.Equal((element, Quantization.PerTensor(Math.ScaleB(1, -fraction), 0)), role.Integers(lo, hi, narrow));
        var bounded = (StatedOperandRole)(Plain with { Lo = -3, Hi = 3 }).RoleOf(3);
        Assert.Equal((ElementType.I8, Quantization.PerTensor(1.0 / 16, 0)), bounded.Integers(lo, hi, narrow));
    }
}
