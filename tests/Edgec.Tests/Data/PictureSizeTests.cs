using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Data;

/// <summary>Sizes, and what resizing and cropping do to pixels, seen through a data set.</summary>
public sealed class PictureSizeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_size_is_one_number_or_two()
    {
        Assert.Equal(new PictureSize(256), PictureSize.Parse("256"));
        Assert.Equal(new PictureSize(240, 320), PictureSize.Parse("240x320"));
        Assert.Equal("240x320", new PictureSize(240, 320).ToString());
        Assert.Equal("256", new PictureSize(256).ToString());
        foreach (string wrong in (string[])["", "x", "0", "-1", "1x", "1x2x3", "16385", "99999999999", "2.5", " 2"])
            Assert.Null(PictureSize.Parse(wrong));
    }

    [Fact]
    public void Shrinking_weighs_all_pixels_it_covers()
    {
        // Weights 3 3 1 / 7: (3*70 + 140) / 7 and, from the other side, (70 + 3*140 + 3*210) / 7.
        Assert.Equal([50, 160], Made([0, 70, 140, 210], 1, 4, new(1, 2), null));
        Assert.Equal([50, 160], Made([0, 70, 140, 210], 4, 1, new(2, 1), null));
    }

    [Fact]
    public void Growing_is_linear_between_the_centers() =>
        Assert.Equal([0, 25, 75, 100], Made([0, 100], 1, 2, new(1, 4), null));

    [Fact]
    public void A_plain_picture_stays_plain()
    {
        for (int size = 1; size < 40; size += 3)
            Assert.All(Made([.. Enumerable.Repeat((byte)255, 11 * 13)], 11, 13, new(size, 17), null), value => Assert.Equal(255, value));
    }

    [Fact]
    public void One_number_is_the_shorter_side()
    {
        byte[] pixels = new byte[2 * 6];
        Assert.Equal(4 * 12, Made(pixels, 2, 6, new(4), null, (4, 12)).Length);
        Assert.Equal(4 * 12, Made(pixels, 6, 2, new(4), null, (12, 4)).Length);
    }

    [Fact]
    public void A_crop_takes_the_middle()
    {
        byte[] pixels = [.. Enumerable.Range(0, 25).Select(i => (byte)i)];
        Assert.Equal([6, 7, 8, 11, 12, 13, 16, 17, 18], Made(pixels, 5, 5, null, new(3)));
        Assert.Equal([5, 6, 7, 8], Made([.. pixels[..20]], 4, 5, null, new(1, 4), (1, 4)).Select(x => (byte)(x - 5)));
        Assert.Equal([12], Made(pixels, 5, 5, null, new(1)));
    }

    [Fact]
    public void A_line_does_not_grow_without_bounds()
    {
        var thrown = Assert.Throws<DiagnosticException>(() => Made(new byte[1 << 20], 1, 1 << 20, new(16384), new(1)));
        Assert.Equal("EC7027", Assert.Single(thrown.Diagnostics).Code);
    }

    /// <summary>What becomes of a grey picture.</summary>
    private byte[] Made(byte[] pixels, int height, int width, PictureSize? resize, PictureSize? crop, (int H, int W)? input = null)
    {
        PictureSize size = crop ?? resize!;
        (int h, int w) = input ?? (size.Height, size.Width ?? size.Height);
        string path = folder.At("data.npz");
        TensorFiles.Write(path, new Dictionary<string, Tensor> { ["images"] = Tensor.Of([1, height, width], pixels) });
        DataSet data = DataSet.Open(path, [new("x", ElementType.U8, [1, 1, h, w])], new() { Resize = resize, Crop = crop }, new());
        return data.Sample(0)["x"].Bytes.ToArray();
    }
}
