using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Data;

public sealed class ArrayDataTests : IDisposable
{
    private static readonly DataInput Vector = new("x", ElementType.F32, [1, 3]);
    private static readonly DataInput Color = new("input", ElementType.F32, [1, 3, 2, 4]);
    private static readonly DataOptions Unit = new() { Mean = [0], Std = [1] };

    private readonly TemporaryFolder folder = new();
    private readonly DiagnosticBag diagnostics = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Arrays_named_as_the_inputs_are_the_samples(bool archive)
    {
        DataInput index = new("i", ElementType.I64, []);
        DataSet data = Open([Vector, index], null, archive,
            ("x", Tensor.Of([2, 3], [1f, 2, 3, 4, 5, 6])), ("i", Tensor.Of([2], [7, 8])), ("unused", Tensor.Scalar(1f)));
        Assert.Equal(2, data.Count);
        IReadOnlyDictionary<string, Tensor> sample = data.Sample(1);
        Assert.Equal(Vector.Shape, sample["x"].Shape);
        Assert.Equal([4, 5, 6], sample["x"].Span<float>());
        Assert.Equal((ElementType.I64, Shape.Scalar, 8), (sample["i"].Element, sample["i"].Shape, sample["i"].Integer(0)));
        Assert.False(data.HasLabels("y"));
        Assert.Null(data.Label(0, "y"));
        Assert.Null(data.Boxes(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Sample(2));
    }

    [Fact]
    public void Arrays_of_other_names_are_taken_in_the_order_of_the_inputs()
    {
        DataInput second = new("i", ElementType.F32, [1]);
        DataSet data = Open([Vector, second], null, true, ("input_0", Tensor.Of([2, 3], [1f, 2, 3, 4, 5, 6])), ("input_1", Tensor.Of([2, 1], [7f, 8])), ("labels", Tensor.Of([2], [0, 1])));
        Assert.Equal([4, 5, 6], data.Sample(1)["x"].Span<float>());
        Assert.Equal([8], data.Sample(1)["i"].Span<float>());
        Assert.Contains(diagnostics.Items, d => d.Code == "EC7032");
    }

    [Fact]
    public void A_graph_tells_its_inputs()
    {
        var graph = new Graph("g", Level.Imported, ["b", "a"], [], [], ImmutableDictionary<string, Tensor>.Empty,
            ImmutableDictionary<string, TensorType>.Empty.Add("a", TensorType.F32([2])).Add("b", new(ElementType.I64, [])));
        Assert.Equal([new("b", ElementType.I64, []), new("a", ElementType.F32, [2])], DataInput.Of(graph));
    }

    [Fact]
    public void The_batch_axis_may_be_there_or_not()
    {
        Assert.Equal(2, Open([Vector], null, true, ("x", Tensor.Zeros(ElementType.F32, [2, 3]))).Count);
        Assert.Equal(2, Open([Vector], null, true, ("x", Tensor.Zeros(ElementType.F32, [2, 1, 3]))).Count);
        DataInput state = new("x", ElementType.F32, [2, 1, 8]);
        Assert.Equal(5, Open([state], null, true, ("x", Tensor.Zeros(ElementType.F32, [5, 2, 1, 8]))).Count);
    }

    [Fact]
    public void Numbers_are_converted_where_they_fit()
    {
        Assert.Equal([1, 255, 0], Open([Vector], null, true, ("x", Tensor.Of<byte>([1, 3], [1, 255, 0]))).Sample(0)["x"].Span<float>());
        Assert.Equal([0.5f, 1, 2], Open([Vector], null, true, ("x", Tensor.Of([1, 3], [0.5, 1, 2]))).Sample(0)["x"].Span<float>());
        DataInput bytes = Vector with { Element = ElementType.I8 };
        Assert.Equal([-1, 5, 127], Open([bytes], null, true, ("x", Tensor.Of([1, 3], [-1L, 5, 127]))).Sample(0)["x"].Integers());

        DataSet over = Open([bytes], null, true, ("x", Tensor.Of([2, 3], [0L, 0, 0, 0, 0, 128])));
        over.Sample(0);
        Assert.Equal("EC7023", Assert.Single(Assert.Throws<DiagnosticException>(() => over.Sample(1)).Diagnostics).Code);
        Fails("EC7023", [bytes], ("x", Tensor.Of([1, 3], [1f, 2, 3])));
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.F64)]
    public void Other_floats_are_converted_too(ElementType element)
    {
        Tensor values = Open([Vector with { Element = element }], null, true, ("x", Tensor.Of([1, 3], [0.5f, -1, 2]))).Sample(0)["x"];
        Assert.Equal(element, values.Element);
        Assert.Equal([0.5, -1, 2], Enumerable.Range(0, 3).Select(values.Number));
    }

    [Fact]
    public void Integers_that_only_look_alike_do_not_fit()
    {
        DataInput unsigned = Vector with { Element = ElementType.U64 };
        DataSet data = Open([unsigned], null, true, ("x", Tensor.Of([1, 3], [0L, 0, -1])));
        Assert.Throws<DiagnosticException>(() => data.Sample(0));
        Assert.Equal(-1, Open([unsigned], null, true, ("x", Tensor.Of<ulong>([1, 3], [0, 0, ulong.MaxValue]))).Sample(0)["x"].Integer(2));
    }

    [Fact]
    public void A_wrong_shape_names_the_input_and_what_it_asks_for()
    {
        string message = Fails("EC7021", [Color], ("input", Tensor.Zeros(ElementType.F32, [5, 2, 4, 3])));
        Assert.Contains("input f32[1,3,2,4]", message);
        Assert.Contains("[N,3,2,4]", message);
        Assert.Contains("f32[5,2,4,3]", message);
        Fails("EC7021", [Vector], ("x", Tensor.Scalar(1f)));
    }

    [Fact]
    public void Arrays_that_are_not_there_are_told_with_those_that_are()
    {
        string message = Fails("EC7020", [Vector, Color], ("y", Tensor.Scalar(1f)), ("x", Tensor.Zeros(ElementType.F32, [1, 3])));
        Assert.Contains("y, x", message);
        Assert.Contains("x, input", message);
        Fails("EC7020", [], ("x", Tensor.Scalar(1f)));
        Fails("EC7020", [Vector, Color], ("images", Tensor.Zeros(ElementType.U8, [1, 2, 4, 3])));
    }

    [Fact]
    public void All_inputs_have_as_many_samples() =>
        Fails("EC7022", [Vector, Color], ("x", Tensor.Zeros(ElementType.F32, [2, 3])), ("input", Tensor.Zeros(ElementType.F32, [3, 3, 2, 4])));

    [Fact]
    public void No_samples_are_no_data()
    {
        Fails("EC7029", [Vector], ("x", Tensor.Zeros(ElementType.F32, [0, 3])));
        Fails("EC7029", [Color], ("images", Tensor.Zeros(ElementType.U8, [0, 2, 4, 3])));
    }

    [Fact]
    public void Options_for_pictures_warn_where_there_are_none()
    {
        Open([Vector], Unit, true, ("x", Tensor.Zeros(ElementType.F32, [1, 3])));
        Assert.Equal("EC7031", Assert.Single(diagnostics.Items).Code);
    }

    [Fact]
    public void Labels_are_found_for_an_output_or_for_all()
    {
        DataSet data = Open([Vector], null, true,
            ("x", Tensor.Zeros(ElementType.F32, [2, 3])), ("labels", Tensor.Of([2], [1L, 2])), ("labels_b", Tensor.Of<byte>([2, 1], [3, 4])));
        Assert.Equal((2, 2, 4), (data.Label(1, "a"), data.Label(1, ""), data.Label(1, "b")));
        Assert.True(data.HasLabels("a"));
        DataSet one = Open([Vector], null, true, ("x", Tensor.Zeros(ElementType.F32, [2, 3])), ("labels_b", Tensor.Of([2], [3, 4])));
        Assert.Equal((null, 3), (one.Label(0, "a"), one.Label(0, "b")));
        Assert.False(one.HasLabels("a"));
    }

    [Fact]
    public void Boxes_are_found()
    {
        DataSet data = Open([Vector], null, true, ("x", Tensor.Zeros(ElementType.F32, [2, 3])), ("boxes", Tensor.Of([2, 1, 5], Enumerable.Range(0, 10).ToArray())));
        Assert.True(data.HasBoxes);
        Assert.Equal([5, 6, 7, 8, 9], data.Boxes(1)!.Span<float>());
        Assert.Equal(Shape.Create([1, 5]), data.Boxes(1)!.Shape);
    }

    [Fact]
    public void Annotations_fit_the_samples()
    {
        (string, Tensor) samples = ("x", Tensor.Zeros(ElementType.F32, [2, 3]));
        Fails("EC7025", [Vector], samples, ("labels", Tensor.Of([3], [1, 2, 3])));
        Fails("EC7025", [Vector], samples, ("labels", Tensor.Of([2], [1f, 2])));
        Fails("EC7025", [Vector], samples, ("labels", Tensor.Of([2], [1L, 1L << 40])));
        Fails("EC7025", [Vector], samples, ("labels", Tensor.Scalar(1)));
        Fails("EC7025", [Vector], samples, ("boxes", Tensor.Zeros(ElementType.F32, [2, 1, 4])));
        Fails("EC7025", [Vector], samples, ("boxes", Tensor.Zeros(ElementType.F32, [1, 1, 5])));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pictures_are_normalised_in_either_layout(bool channelsFirst)
    {
        // Pixel (y, x) of channel c is 100 c + 10 y + x.
        Tensor last = Tensor.Of<byte>([1, 2, 4, 3], [.. Enumerable.Range(0, 24).Select(i => (byte)(100 * (i % 3) + 10 * (i / 12) + i / 3 % 4))]);
        Tensor images = channelsFirst ? last.Transpose([0, 3, 1, 2]) : last;
        DataSet data = Open([Color], null, true, ("images", images), ("mean", Tensor.Of([3], [0.1f, 0.2f, 0.3f])), ("std", Tensor.Scalar(0.5)));
        Tensor sample = data.Sample(0)["input"];
        Assert.Equal(Color.Shape, sample.Shape);
        Assert.Equal((float)((213 / 255.0 - 0.3f) / 0.5), sample.Span<float>()[2 * 8 + 1 * 4 + 3]);
        Assert.Equal((float)((101 / 255.0 - 0.2f) / 0.5), sample.Span<float>()[1 * 8 + 0 * 4 + 1]);
        Assert.Empty(diagnostics.Items);
    }

    [Fact]
    public void Arrays_in_the_file_win_over_options()
    {
        DataSet data = Open([Color], new() { Mean = [0.5], Std = [0.25] }, true, ("images", Tensor.Zeros(ElementType.U8, [1, 2, 4, 3])), ("std", Tensor.Scalar(2f)));
        Assert.Equal(-0.25f, data.Sample(0)["input"].Span<float>()[0]);
    }

    [Fact]
    public void Pixels_without_mean_and_std_are_0_to_1_with_a_warning()
    {
        DataSet data = Open([Color], null, true, ("images", Tensor.FromBytes(ElementType.U8, [1, 2, 4, 3], [.. Enumerable.Repeat((byte)255, 24)])));
        Assert.Equal(1f, data.Sample(0)["input"].Span<float>()[0]);
        Assert.Equal("EC7030", Assert.Single(diagnostics.Items).Code);
    }

    [Fact]
    public void Grey_pictures_may_lack_the_channel_axis()
    {
        DataInput grey = new("input", ElementType.F32, [1, 1, 2, 2]);
        foreach (Shape shape in (Shape[])[[1, 2, 2], [1, 2, 2, 1], [1, 1, 2, 2]])
            Assert.Equal([0, 1 / 255f, 2 / 255f, 3 / 255f], Open([grey], Unit, true, ("images", Tensor.Of<byte>(shape, [0, 1, 2, 3]))).Sample(0)["input"].Span<float>());
    }

    [Fact]
    public void An_input_of_bytes_or_of_channels_last_is_served()
    {
        Tensor images = Tensor.Of<byte>([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
        DataInput bytes = new("input", ElementType.U8, [1, 3, 1, 2]), last = new("input", ElementType.F32, [1, 1, 2, 3]);
        Assert.Equal([1, 4, 2, 5, 3, 6], Open([bytes], null, true, ("images", images)).Sample(0)["input"].Integers());
        Assert.Empty(diagnostics.Items);
        Assert.Equal([1, 2, 3, 4, 5, 6], Open([last], Unit, true, ("images", images)).Sample(0)["input"].Span<float>().ToArray().Select(v => v * 255));
        DataInput wide = new("input", ElementType.F32, [1, 2, 2, 3]);
        Assert.Equal(1 / 255f, Open([wide], Unit, true, ("images", Tensor.Of<byte>([1, 2, 2, 3], [.. Enumerable.Range(0, 12).Select(i => (byte)i)]))).Sample(0)["input"].Span<float>()[1]);
        Open([bytes], Unit, true, ("images", images));
        Assert.Equal("EC7031", Assert.Single(diagnostics.Items).Code);
    }

    [Fact]
    public void An_input_called_images_takes_pictures_or_floats()
    {
        DataInput input = Color with { Name = "images" };
        Assert.Equal(1 / 255f, Open([input], Unit, true, ("images", Tensor.Of<byte>([1, 2, 4, 3], [.. Enumerable.Repeat((byte)1, 24)]))).Sample(0)["images"].Span<float>()[0]);
        Assert.Equal(7, Open([input], null, true, ("images", Tensor.Of([1, 3, 2, 4], [.. Enumerable.Repeat(7f, 24)]))).Sample(0)["images"].Span<float>()[0]);
    }

    [Fact]
    public void Pictures_of_another_size_are_resized_when_told_so()
    {
        (string, Tensor) images = ("images", Tensor.Zeros(ElementType.U8, [1, 4, 8, 3]));
        DataSet data = Open([Color], Unit, true, images);
        Diagnostic error = Assert.Single(Assert.Throws<DiagnosticException>(() => data.Sample(0)).Diagnostics);
        Assert.Equal("EC7027", error.Code);
        Assert.Contains("4x8", error.Message);
        Assert.Contains("--resize 2x4", error.Message);
        Assert.Equal(24, Open([Color], Unit with { Resize = new(2) }, true, images).Sample(0)["input"].Count);
        Assert.Equal(24, Open([Color], Unit with { Crop = new(2, 4) }, true, images).Sample(0)["input"].Count);
        Assert.Throws<DiagnosticException>(() => Open([Color], Unit with { Crop = new(5) }, true, images).Sample(0));
        Fails("EC7025", [Color], Unit with { Resize = new(2) }, images, ("boxes", Tensor.Zeros(ElementType.F32, [1, 1, 5])));
    }

    [Fact]
    public void Wrong_pictures_are_told()
    {
        Tensor images = Tensor.Zeros(ElementType.U8, [1, 2, 4, 3]);
        Fails("EC7023", [Color], ("images", Tensor.Zeros(ElementType.F32, [1, 2, 4, 3])));
        Fails("EC7021", [Color], ("images", Tensor.Zeros(ElementType.U8, [1, 2, 4, 1])));
        Fails("EC7021", [Color], ("images", Tensor.Zeros(ElementType.U8, [2, 4])));
        Fails("EC7021", [Vector], ("images", images));
        Fails("EC7024", [Color], ("images", images), ("std", Tensor.Scalar(0f)));
        Fails("EC7024", [Color], ("images", images), ("mean", Tensor.Of([2], [1f, 2])));
        Fails("EC7024", [Color], ("images", images), ("mean", Tensor.Scalar(float.NaN)));
    }

    [Fact]
    public void What_is_no_data_at_all_is_told()
    {
        File.WriteAllText(folder.At("data.csv"), "1,2,3");
        foreach ((string name, string code) in (ReadOnlySpan<(string, string)>)[("absent.npz", "EC7010"), ("absent", "EC7010"), ("data.csv", "EC7012")])
        {
            var thrown = Assert.Throws<DiagnosticException>(() => DataSet.Open(folder.At(name), [Vector], DataOptions.None, diagnostics));
            Assert.Equal((code, 1), (Assert.Single(thrown.Diagnostics).Code, thrown.ExitCode));
        }
    }

    private string Fails(string code, IReadOnlyList<DataInput> inputs, params (string, Tensor)[] arrays) => Fails(code, inputs, Unit, arrays);

    private string Fails(string code, IReadOnlyList<DataInput> inputs, DataOptions options, params (string, Tensor)[] arrays)
    {
        Diagnostic error = Assert.Single(Assert.Throws<DiagnosticException>(() => Open(inputs, options, true, arrays)).Diagnostics);
        Assert.Equal(code, error.Code);
        return error.Message;
    }

    private DataSet Open(IReadOnlyList<DataInput> inputs, DataOptions? options, bool archive, params (string Name, Tensor Tensor)[] arrays)
    {
        string path = folder.At(archive ? "data.npz" : "data");
        if (archive)
        {
            TensorFiles.Write(path, new OrderedDictionary<string, Tensor>(arrays.Select(array => KeyValuePair.Create(array.Name, array.Tensor))));
        }
        else
        {
            Directory.CreateDirectory(path);
            foreach ((string name, Tensor tensor) in arrays)
                TensorFiles.Write(Path.Combine(path, name + ".npy"), new Dictionary<string, Tensor> { [name] = tensor });
        }

        return DataSet.Open(path, inputs, options ?? DataOptions.None, diagnostics);
    }
}
