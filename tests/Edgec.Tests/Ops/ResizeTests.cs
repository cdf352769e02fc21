using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Ops;

/// <summary>Resize and Upsample against ONNX Runtime, and against the specification's own words where that differs.</summary>
public sealed class ResizeTests
{
    private static readonly Tensor Image = RandomTensor.F32(new Random(1), 1, 2, 4, 5);

    public static TheoryData<string, string> Roundings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string transformation in new[] { "half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners", "half_pixel_symmetric" })
                foreach (string nearest in new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" })
                    data.Add(transformation, nearest);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Roundings))]
    public void Nearest(string transformation, string nearest)
    {
        foreach (long[] sizes in new long[][] { [1, 2, 8, 15], [1, 2, 6, 7], [1, 2, 3, 2], [1, 2, 9, 1], [1, 2, 4, 10] })
        {
            new OperatorCase("Resize", 19).With("coordinate_transformation_mode", transformation).With("nearest_mode", nearest)
                .Input(Image).Absent().Absent().Constant(sizes).Check();
        }
    }

    [Theory]
    [InlineData("half_pixel", "linear")]
    [InlineData("pytorch_half_pixel", "linear")]
    [InlineData("asymmetric", "linear")]
    [InlineData("align_corners", "linear")]
    [InlineData("half_pixel", "cubic")]
    [InlineData("asymmetric", "cubic")]
    [InlineData("align_corners", "cubic")]
    public void Interpolation(string transformation, string mode)
    {
        OperatorCase Case() => new OperatorCase("Resize", 19).With("mode", mode).With("coordinate_transformation_mode", transformation).Input(Image).Absent();

        foreach (long[] sizes in new long[][] { [1, 2, 6, 7], [1, 2, 3, 2], [1, 2, 1, 1], [1, 2, 4, 8], [1, 2, 9, 5] })
            Assert.Equal(["resize"], Case().Absent().Constant(sizes).Check(1e-5).Nodes.Select(node => node.Op.Name));
        foreach (float[] scales in new float[][] { [1, 1, 2, 3], [1, 1, 1, 2], [1, 1, 4, 2], [1, 1, 9, 8] })
            Assert.Equal(["resize"], Case().Constant(Tensor.Of([4], scales)).Check(1e-5).Nodes.Select(node => node.Op.Name));
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("cubic")]
    public void Antialias_and_exclude_outside(string mode)
    {
        new OperatorCase("Resize", 18).With("mode", mode).With("antialias", true).Input(Image).Absent().Absent().Constant(1, 2, 2, 3).Check(1e-5);
        if (mode == "cubic")
        {
            new OperatorCase("Resize", 18).With("mode", mode).With("exclude_outside", true).With("cubic_coeff_a", -0.5f)
                .Input(Image).Absent().Constant(Tensor.Of<float>([4], [1, 1, 2, 2])).Check(1e-5);
        }
    }

    [Fact]
    public void Crop_and_resize()
    {
        Tensor roi = Tensor.Of<float>([8], [0, 0, 0.25f, -0.5f, 1, 1, 0.75f, 1.5f]);
        new OperatorCase("Resize", 13).With("mode", "linear").With("coordinate_transformation_mode", "tf_crop_and_resize").With("extrapolation_value", 10f)
            .Input(Image).Constant(roi).Absent().Constant(1, 2, 3, 4).EvaluatesOnly().Check(1e-5);
        new OperatorCase("Resize", 13).With("mode", "nearest").With("coordinate_transformation_mode", "tf_crop_and_resize").With("extrapolation_value", 10f)
            .Input(Image).Constant(roi).Absent().Constant(1, 2, 3, 4).Check();
    }

    [Fact]
    public void Axes_and_aspect()
    {
        new OperatorCase("Resize", 18).List("axes", 3, 2).Input(Image).Absent().Absent().Constant(7, 8).Check();
        new OperatorCase("Resize", 18).List("axes", 2, 3).With("keep_aspect_ratio_policy", "not_larger").Input(Image).Absent().Absent().Constant(7, 8).Check();
        new OperatorCase("Resize", 18).List("axes", 2, 3).With("keep_aspect_ratio_policy", "not_smaller").Input(Image).Absent().Absent().Constant(7, 8).Check();
    }

    [Fact]
    public void Older_operator_sets()
    {
        Tensor scales = Tensor.Of<float>([4], [1, 1, 2, 3]);
        new OperatorCase("Resize", 10).Input(Image).Constant(scales).Check();
        new OperatorCase("Resize", 10).Input(Image).Constant(Tensor.Of<float>([4], [1, 1, 0.5f, 0.75f])).Check();
        new OperatorCase("Resize", 10).With("mode", "linear").Input(Image).Constant(scales).Check(1e-5);
        new OperatorCase("Upsample", 9).Input(Image).Constant(scales).Check();
        new OperatorCase("Upsample", 9).With("mode", "linear").Input(Image).Constant(scales).Check(1e-5);
        new OperatorCase("Upsample", 7).With("scales", new FloatsValue([1, 1, 1.5f, 2])).Input(Image).Check();
        Tensor expected = new Resize(ResizeSampling.Legacy("nearest"), [1, 1, 2, 3], [], [], [], "stretch", false).Evaluate(new([Image], 1))[0];
        new OperatorCase("Upsample", 1).With("height_scale", 2f).With("width_scale", 3f).Input(Image).Check([expected]);
    }

    [Fact]
    public void Whole_factors_need_few_copies()
    {
        Graph graph = new OperatorCase("Resize", 13).With("coordinate_transformation_mode", "asymmetric").With("nearest_mode", "floor")
            .Input(Image).Absent().Constant(Tensor.Of<float>([4], [1, 1, 2, 2])).Check();
        var kernel = Assert.IsType<Edgec.Kernels.MoveKernel>(Assert.IsType<KernelLowered>(((Operator)graph.Nodes[0].Op).Lower(new(graph, graph.Nodes[0]))).Kernel);
        Assert.Single(kernel.Copies);
    }

    [Fact]
    public void One_pixel_is_repeated()
    {
        foreach (string mode in new[] { "nearest", "linear", "cubic" })
        {
            Graph graph = new OperatorCase("Resize", 13).With("mode", mode)
                .Input(RandomTensor.F32(new Random(2), 1, 3, 1, 1)).Absent().Constant(Tensor.Of<float>([4], [1, 1, 3, 33])).Check(1e-6);
            Assert.Equal(["expand"], graph.Nodes.Select(node => node.Op.Name));
        }
    }

    [Fact]
    public void Three_axes_take_matrices() =>
        Assert.Equal(["interpolate", "interpolate", "interpolate"], new OperatorCase("Resize", 19).With("mode", "linear")
            .Input(RandomTensor.F32(new Random(3), 1, 2, 3, 4, 5)).Absent().Absent().Constant(1, 2, 4, 9, 7).Check(1e-5).Nodes.Select(node => node.Op.Name));

    [Fact]
    public void Misfits_are_refused()
    {
        Assert.Equal("EC2001", new OperatorCase("Resize", 13).Input(Image).Absent().Constant(Tensor.Of<float>([3], [1, 1, 2])).Fails());
        Assert.Equal("EC2001", new OperatorCase("Resize", 13).Input(Image).Absent().Constant(Tensor.Of<float>([4], [1, 1, -2, float.NaN])).Fails());
        Assert.Equal("EC2001", new OperatorCase("Resize", 13).Input(Image).Absent().Constant(Tensor.Of<float>([4], [1, 1, 1e9f, 1e9f])).Fails());
        Assert.Equal("EC2001", new OperatorCase("Resize", 13).Input(Image).Fails());
    }
}
